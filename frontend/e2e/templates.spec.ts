import { expect, expectAccessible, test } from './test';

test('a template is written, previewed as a person, saved twice, compared and written on from its first version', async ({
  page,
}) => {
  const name = `Template ${Date.now()}`;
  await page.goto('/templates?id=new');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Subject', { exact: true }).fill('First subject');
  await expect(page.frameLocator('iframe').getByText('write here what you want to say.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Version 1', { exact: true })).toBeVisible();

  await page.getByRole('textbox', { name: 'Source' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('<mjml><mj-body><mj-section><mj-column><mj-text>Written anew {{ contact.fir', { delay: 1 });
  await expect(page.getByRole('option', { name: 'contact.first_name' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'HTML' }).click();
  await page.getByRole('textbox', { name: 'Source' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('<p>Written anew</p>');
  await expect(page.frameLocator('iframe').getByText('Written anew')).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Version 2', { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Versions (2)' }).click();
  await expect(page.getByText('What changed since version 1')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: /^Version 1/ }).click();
  await page.getByRole('button', { name: 'Write on from this one' }).click();
  await expect(page.frameLocator('iframe').getByText('write here what you want to say.')).toBeVisible();
  await expect(page.getByText('Changed, not saved')).toBeVisible();
});
