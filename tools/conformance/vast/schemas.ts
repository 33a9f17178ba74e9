import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VastVersion } from '@cuepoint/vast';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { standards } from './report.ts';

/** Schema of each version. */
export const SCHEMAS: Readonly<Record<VastVersion, string>> = {
  '2.0': 'vast_2.0.1.xsd',
  '3.0': 'vast3_draft.xsd',
  '4.0': 'vast4.xsd',
  '4.1': 'vast_4.1.xsd',
  '4.2': 'vast_4.2.xsd',
  // No schema was published for 4.3; its elements are those of 4.2.
  '4.3': 'vast_4.2.xsd',
};

const validators = new Map<VastVersion, XsdValidator>();

function validatorFor(version: VastVersion): XsdValidator {
  let validator = validators.get(version);
  if (!validator) {
    const file = join(standards, 'iab-vast/xsd', SCHEMAS[version]);
    const schema = XmlDocument.fromString(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    validator = XsdValidator.fromDoc(schema);
    validators.set(version, validator);
  }
  return validator;
}

/** Schema problems of a text; undefined when it is valid. A bare [MACRO] is no xs:anyURI and is encoded first. */
export function schemaProblem(xml: string, version: VastVersion): string | undefined {
  // The draft schema of 3.0 forgot the Error of an empty response, which the text of 3.0 describes.
  const judged = version === '3.0' && !xml.includes('<Ad') ? xml.replace(/<Error>.*<\/Error>/, '') : xml;
  return problemBy(validatorFor(version), judged);
}

function problemBy(validator: XsdValidator, xml: string): string | undefined {
  const document = XmlDocument.fromString(xml.replace(/\[([A-Z_]+)\]/g, '%5B$1%5D'));
  try {
    validator.validate(document);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  } finally {
    document.dispose();
  }
}

let vmapValidator: XsdValidator | undefined;

/**
 * The VMAP schema does not compile as published: it imports a schema of another namespace and refers into it. What
 * stands inside VASTAdData is judged by the VAST schemas; templateType gets the words the text and practice have.
 */
export function vmapSchemaProblem(xml: string): string | undefined {
  if (!vmapValidator) {
    const published = readFileSync(join(standards, 'iab-vast/xsd/vmap.xsd'), 'utf8').replace(/^\uFEFF/, '');
    const patched = published
      .replace(/<xs:import [^>]*\/>/, '')
      .replace(/<xs:element ref="vast:VAST"[^>]*\/>/, '<xs:any processContents="lax" namespace="##any"/>')
      .replaceAll(
        '<xs:enumeration value="vast2"/>',
        '<xs:enumeration value="vast2"/><xs:enumeration value="vast4"/>',
      );
    vmapValidator = XsdValidator.fromDoc(XmlDocument.fromString(patched));
  }
  return problemBy(vmapValidator, xml);
}

/** Frees what the validators hold. */
export function disposeValidators(): void {
  for (const validator of validators.values()) validator.dispose();
  vmapValidator?.dispose();
}
