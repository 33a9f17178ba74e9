import type { z } from 'zod';

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'file' | 'enum';

/** What one field of an input looks like from a place that knows only text: a query, a flag. */
export interface FieldShape {
  name: string;
  kind: Kind;
  required: boolean;
  /** `null` is a value of it; as text it is the word null. */
  nullable: boolean;
  /** What a list is of; null for what is no list. As text an object is JSON. */
  elements: Kind | null;
  description: string;
  choices: readonly string[];
  defaultValue: unknown;
}

interface Def {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  options?: z.ZodType[];
  entries?: Record<string, string | number>;
  element?: z.ZodType;
  values?: unknown[];
  defaultValue?: unknown;
}

const defOf = (schema: z.ZodType): Def => schema.def as unknown as Def;

/** The fields of an operation's input, in order, described for text-only callers. */
export function fieldShapes(input: z.ZodObject): FieldShape[] {
  return Object.entries(input.shape).map(([name, schema]) => shapeOf(name, schema as z.ZodType));
}

/**
 * Turns text values into what the schema takes where that is unambiguous:
 * "true" for a boolean, "12" for a number, one text for a list of one, JSON
 * for an object or a list of them, "null" for a field that can be null.
 * Everything else is left for the schema to accept or refuse.
 */
export function fromText(input: z.ZodObject, raw: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...raw };
  for (const field of fieldShapes(input)) {
    const value = result[field.name];
    if (value === undefined) continue;
    if (field.nullable && value === 'null') result[field.name] = null;
    else if (field.kind === 'object') result[field.name] = fromJson(value);
    else if (field.elements === 'object') {
      const list = Array.isArray(value) ? value : [value];
      result[field.name] = list.flatMap(fromJson);
    } else if (field.kind === 'array') {
      const list = Array.isArray(value) ? value : [value];
      const entries = list.flatMap((entry) => (typeof entry === 'string' ? entry.split(',') : [entry]));
      result[field.name] = field.elements === 'number' ? entries.map(fromNumber) : entries;
    } else if (typeof value === 'string') {
      if (field.kind === 'boolean' && (value === 'true' || value === 'false'))
        result[field.name] = value === 'true';
      else if (field.kind === 'number') result[field.name] = fromNumber(value);
    }
  }
  return result;
}

/** The number of a text that is one; other text stays for the schema to refuse. */
function fromNumber(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}

/** The value of JSON text; other text stays for the schema to refuse. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function shapeOf(name: string, schema: z.ZodType): FieldShape {
  let current = schema;
  let required = true;
  let nullable = false;
  let defaultValue: unknown;
  let description = schema.meta()?.description ?? '';
  let file = schema.meta()?.id === 'UploadedFile';
  for (;;) {
    const def = defOf(current);
    description ||= current.meta()?.description ?? '';
    file ||= current.meta()?.id === 'UploadedFile';
    if (def.type === 'optional') required = false;
    else if (def.type === 'default') {
      required = false;
      defaultValue = def.defaultValue;
    } else if (def.type === 'nullable') nullable = true;
    else if (def.type !== 'pipe') break;
    current = (def.innerType ?? def.in)!;
  }
  const choices = choicesOf(current);
  const kind = file ? 'file' : kindOf(current);
  const element = defOf(current).element;
  const elements = kind === 'array' && element !== undefined ? kindOf(element) : null;
  return { name, kind, required, nullable, elements, description, choices, defaultValue };
}

function kindOf(schema: z.ZodType): Kind {
  const def = defOf(schema);
  switch (def.type) {
    case 'number':
    case 'int':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return 'array';
    case 'enum':
      return 'enum';
    case 'object':
    case 'record':
      return 'object';
    default:
      return 'string';
  }
}

function choicesOf(schema: z.ZodType): string[] {
  const def = defOf(schema);
  if (def.type === 'enum') return Object.values(def.entries ?? {}).map(String);
  if (def.type === 'array' && def.element) return choicesOf(def.element);
  if (def.type === 'union') return [...new Set((def.options ?? []).flatMap(choicesOf))];
  if (def.type === 'literal') return (def.values ?? []).map(String);
  if (def.type === 'pipe') return choicesOf(def.in!);
  return [];
}
