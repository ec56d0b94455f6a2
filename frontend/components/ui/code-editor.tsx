'use client';

import { autocompletion, type CompletionContext, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { html } from '@codemirror/lang-html';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

const theme = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'var(--surface)', color: 'var(--ink)', height: '100%' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--hover) 60%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 25%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--hover)', color: 'var(--ink)' },
  '.cm-merge-tag': { color: 'var(--group-trigger)', fontWeight: '600' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--ok-soft)' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bad-soft)' },
  '.cm-changedText': { background: 'color-mix(in oklab, var(--ok) 25%, transparent)' },
  '.cm-deletedChunk .cm-deletedText': { background: 'color-mix(in oklab, var(--bad) 25%, transparent)' },
  '.cm-deletedChunk span, .cm-changedText, .cm-changedText span': { color: 'var(--ink) !important' },
  '.cm-collapsedLines': { background: 'var(--hover)', color: 'var(--ink-2)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--accent-ink)' },
  { tag: tags.attributeName, color: 'var(--info)' },
  { tag: [tags.attributeValue, tags.string], color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
]);

/** Liquid inside HTML: the HTML grammar knows nothing of it, so it is marked on top. */
const liquidMarks = new MatchDecorator({
  regexp: /\{\{.*?\}\}|\{%.*?%\}/g,
  decoration: Decoration.mark({ class: 'cm-merge-tag' }),
});
const liquid = ViewPlugin.define(
  (view) => ({
    marks: liquidMarks.createDeco(view),
    update(update: ViewUpdate) {
      this.marks = liquidMarks.updateDeco(update, this.marks);
    },
  }),
  { decorations: ({ marks }) => marks },
);

/** What every view of a mail's source has, to be edited or only read. */
export const sourceLook: Extension = [
  lineNumbers(),
  EditorView.lineWrapping,
  html(),
  syntaxHighlighting(colours),
  liquid,
  theme,
];

/** Offers merge tags after `{{`, and closes what is picked. */
const mergeTags = (names: () => readonly string[]) => (context: CompletionContext) => {
  const word = context.matchBefore(/\{\{\s*[\w.]*/);
  if (!word) return null;
  const from = word.from + (/^\{\{\s*/.exec(word.text)?.[0].length ?? 0);
  const isClosed = context.state.sliceDoc(context.pos, context.pos + 3).includes('}}');
  return {
    from,
    options: names().map((name) => ({ label: name, type: 'variable', apply: isClosed ? name : `${name} }}` })),
    validFor: /^[\w.]*$/,
  };
};

interface Props {
  label: string;
  id?: string;
  value: string;
  onChange(value: string): void;
  /** What may stand in a merge tag, such as `contact.first_name`. */
  names?: readonly string[];
  className?: string;
}

/** Source text of a mail: colours, merge tags, undo. Escape, then Tab, leaves it by keyboard. */
export default function CodeEditor({ label, id, value, onChange, names = [], className }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ onChange, names });
  const first = useRef(value);
  useEffect(() => {
    latest.current = { onChange, names };
  });
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [mergeTags(() => latest.current.names)], icons: false }),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
          sourceLook,
          EditorView.contentAttributes.of({ 'aria-label': label, ...(id && { id }) }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    // What scrolls is reachable by keyboard.
    editor.scrollDOM.tabIndex = 0;
    view.current = editor;
    return () => editor.destroy();
  }, [label, id]);
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);
  return (
    <div
      ref={host}
      className={`overflow-hidden rounded-md border border-line-strong focus-within:border-accent focus-within:outline-1 focus-within:outline-accent ${className ?? 'h-80'}`}
    />
  );
}
