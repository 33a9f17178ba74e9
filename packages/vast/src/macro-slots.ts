import { CARRIERS } from './carry.ts';
import { PLAYER_MACROS } from './macro-sets.ts';
import { MACRO } from './macros.ts';
import { URL_ELEMENTS } from './url-elements.ts';
import { isElement, localName, type XmlElement } from './xml/element.ts';
import { SLOT_MARK } from './xml/slots.ts';

/**
 * Puts a slot in the place of every macro in `names` within URLs that are called or opened; files, HTML and the content
 * of other people's extensions are left alone. Throws TypeError for a macro that only a player can fill.
 */
export function openMacros(tree: XmlElement, names: readonly string[]): XmlElement {
  const refused = names.find((name) => PLAYER_MACROS.includes(name));
  if (refused !== undefined)
    throw new TypeError(`[${refused}] is known to the player alone; leave it out of serverMacros`);
  const wanted = new Set(names);
  return wanted.size === 0 ? tree : open(tree, wanted);
}

function open(node: XmlElement, names: ReadonlySet<string>): XmlElement {
  const name = localName(node.name);
  const foreign =
    (name === 'Extension' || name === 'CreativeExtension') &&
    !CARRIERS.some((carrier) => carrier === node.attributes.type);
  if (foreign) return node;
  const role = URL_ELEMENTS.get(name);
  const isCalled = role !== undefined && role !== 'file';
  const children = node.children.map((child) => {
    if (isElement(child)) return open(child, names);
    return isCalled ? openText(child, names) : child;
  });
  return { ...node, children };
}

function openText(text: string, names: ReadonlySet<string>): string {
  return text.replace(MACRO, (whole: string, written: string) =>
    names.has(written.toUpperCase()) ? SLOT_MARK + whole + SLOT_MARK : whole,
  );
}
