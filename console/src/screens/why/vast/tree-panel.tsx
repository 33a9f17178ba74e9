import { useMemo } from 'react';
import { Panel } from '../../../design/panel.tsx';

/** Elements drawn at most; a hostile document can have very many. */
const mostNodes = 2000;

/** The document as a tree that opens and closes. Only what the parser accepted is shown, so no DOCTYPE gets here. */
export function TreePanel({ xml, version }: { xml: string; version: string }) {
  const root = useMemo(() => new DOMParser().parseFromString(xml, 'application/xml').documentElement, [xml]);
  const count = root.getElementsByTagName('*').length + 1;
  return (
    <Panel title="Document" meta={`VAST ${version}, ${count} elements`} bodyClassName="p-3">
      {count > mostNodes ? (
        <p className="text-fg-2">The document has more than {mostNodes} elements and is not drawn.</p>
      ) : (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label="Document tree"
          className="max-h-120 overflow-auto font-mono text-sm leading-5"
        >
          <Branch node={root} open />
        </section>
      )}
    </Panel>
  );
}

function Branch({ node, open }: { node: Element; open: boolean }) {
  const children = [...node.children];
  const text = children.length === 0 ? (node.textContent?.trim() ?? '') : '';
  const head = (
    <>
      <span className="text-info">{node.tagName}</span>
      {[...node.attributes].map((attribute) => (
        <span key={attribute.name}>
          {' '}
          <span className="text-fg-2">{attribute.name}=</span>
          <span className="break-all text-ok">"{attribute.value}"</span>
        </span>
      ))}
    </>
  );
  if (children.length === 0) {
    return (
      <div className="pl-4">
        {head} <span className="break-all">{text}</span>
      </div>
    );
  }
  return (
    <details open={open} className="pl-4">
      <summary className="-ml-4 min-h-6 rounded-md">{head}</summary>
      {children.map((child, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: elements of one document in order
        <Branch key={at} node={child} open={child.children.length < 40} />
      ))}
    </details>
  );
}
