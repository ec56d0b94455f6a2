'use client';

import { ChevronsUpDown, Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Logo } from '@/components/logo';
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuRule } from '@/components/ui/menu';
import { useMe } from '@/lib/auth';
import { useOpenWorkspace, useWorkspaces } from './workspaces';

const NewWorkspace = dynamic(() => import('./new-workspace').then((module) => module.NewWorkspace), { ssr: false });

/** Which workspace we are in, and the way to another. */
export function WorkspaceMenu() {
  const { workspace, role } = useMe();
  const workspaces = useWorkspaces();
  const open = useOpenWorkspace();
  const [making, setMaking] = useState(false);
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`${workspace.name}: change workspace`}
            className="flex h-9 w-full min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-hover pointer-coarse:h-11"
          >
            <Logo className="size-6 shrink-0" />
            <span className="min-w-0 flex-1 truncate font-semibold">{workspace.name}</span>
            <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-ink-3" />
          </button>
        }
      >
        <MenuLabel>Workspaces</MenuLabel>
        <MenuChoices value={workspace.id} onValueChange={(id) => id !== workspace.id && open.mutate(id)}>
          {(workspaces.data ?? [workspace]).map(({ id, name }) => (
            <MenuChoice key={id} value={id}>
              {name}
            </MenuChoice>
          ))}
        </MenuChoices>
        {role === 'owner' && (
          <>
            <MenuRule />
            <MenuItem onSelect={() => setMaking(true)}>
              <Plus /> New workspace
            </MenuItem>
          </>
        )}
      </Menu>
      {making && <NewWorkspace onClose={() => setMaking(false)} />}
    </>
  );
}
