/** A first mail that already has what every marketing mail needs. */
export const STARTER_MJML = `<mjml>
  <mj-body background-color="#f4f4f1">
    <mj-section background-color="#ffffff" padding="32px">
      <mj-column>
        <mj-text font-size="22px" font-weight="600">Hello {{ contact.first_name | default: "there" }},</mj-text>
        <mj-text font-size="16px" line-height="1.5">write here what you want to say.</mj-text>
        <mj-button href="https://example.com" background-color="#0f6674">Have a look</mj-button>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text align="center" font-size="12px" color="#6b6b6b">
          {{ workspace.name }} · <a href="{{ unsubscribe_url }}">Unsubscribe</a>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;
