export interface XmlPart {
  kind: 'tag' | 'attribute' | 'value' | 'text' | 'comment';
  text: string;
}

const pattern =
  /(<!--[\s\S]*?-->|<!\[CDATA\[|\]\]>|<\/?[\w:.-]+|<\?[\s\S]*?\?>|\/?>)|([\w:.-]+)(=)("[^"]*")/g;

/** Splits a document for colouring. Joined, the parts are the document again; nothing is interpreted. */
export function xmlParts(xml: string): XmlPart[] {
  const parts: XmlPart[] = [];
  let from = 0;
  let inTag = false;
  const text = (until: number) => {
    if (until > from) parts.push({ kind: 'text', text: xml.slice(from, until) });
  };
  for (const match of xml.matchAll(pattern)) {
    const [whole, markup, name, equals, value] = match;
    if (!markup && !inTag) continue;
    text(match.index);
    if (markup) {
      const comment =
        markup.startsWith('<!--') || markup.startsWith('<?') || markup === '<![CDATA[' || markup === ']]>';
      parts.push({ kind: comment ? 'comment' : 'tag', text: markup });
      if (!comment) inTag = !markup.endsWith('>');
    } else {
      parts.push({ kind: 'attribute', text: `${name}${equals}` }, { kind: 'value', text: value ?? '' });
    }
    from = match.index + whole.length;
  }
  text(xml.length);
  return parts;
}
