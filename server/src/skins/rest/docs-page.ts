import { errorCatalog, type FieldShape, fieldShapes, type Operation } from '@cuepoint/contract';

/** The browsable reference at /docs: plain HTML made once from the operations, no script. */
export function docsPage(operations: readonly Operation[]): string {
  const withRoute = operations.filter((operation) => operation.rest);
  const modules = [...new Set(withRoute.map(moduleOf))];
  const nav = modules
    .map(
      (module) =>
        `<h2>${escapeHtml(module)}</h2><ul>${withRoute
          .filter((operation) => moduleOf(operation) === module)
          .map(
            (operation) =>
              `<li><a href="#${escapeHtml(operation.id)}">${escapeHtml(operation.summary)}</a></li>`,
          )
          .join('')}</ul>`,
    )
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cuepoint API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/docs/style.css"></head><body>
<nav aria-label="Operations"><h1>Cuepoint API</h1>
<p><a href="/api/openapi.json">OpenAPI 3.1 document</a></p>${nav}</nav>
<main><p>Send an API key as <code>Authorization: Bearer …</code>. Every error is <code>application/problem+json</code>
with a stable <code>code</code>, the field it is about and a remedy. Lists take <code>limit</code> and <code>cursor</code>.</p>
${withRoute.map(section).join('\n')}</main></body></html>`;
}

const moduleOf = (operation: Operation): string => operation.id.split('.')[0]!;

function section(operation: Operation): string {
  const rest = operation.rest!;
  const badges = [
    operation.permission === 'public' ? 'no sign-in' : operation.permission,
    operation.versioned ? 'If-Match required' : '',
    operation.dryRun ? 'Dry-Run' : '',
    operation.longRunning ? 'answers a job' : '',
    operation.partial ? 'items may fail alone' : '',
  ].filter(Boolean);
  const cli = operation.cli
    ? `<p>Command: <code>cuepoint ${escapeHtml(operation.cli.command)}${(operation.cli.positional ?? []).map((name) => ` &lt;${escapeHtml(name)}&gt;`).join('')}</code></p>`
    : '';
  const mcp = operation.mcp ? `<p>MCP tool: <code>${escapeHtml(operation.mcp.tool)}</code></p>` : '';
  return `<section id="${escapeHtml(operation.id)}"><h3>${escapeHtml(operation.summary)}</h3>
<p class="route"><b>${rest.method}</b> <code>/api${escapeHtml(rest.path)}</code></p>
<p class="meta">${badges.map(escapeHtml).join(' · ')}</p>${cli}${mcp}${fieldTable(fieldShapes(operation.input))}
${errorTable(operation)}</section>`;
}

function fieldTable(fields: FieldShape[]): string {
  if (fields.length === 0) return '';
  const rows = fields.map(
    (field) =>
      `<tr><td><code>${escapeHtml(field.name)}</code></td><td>${field.kind}${field.required ? '' : ', optional'}</td><td>${escapeHtml(
        [
          field.description,
          field.choices.length > 0 ? `one of ${field.choices.join(', ')}` : '',
          field.defaultValue === undefined ? '' : `default ${JSON.stringify(field.defaultValue)}`,
        ]
          .filter(Boolean)
          .join('; '),
      )}</td></tr>`,
  );
  return `<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function errorTable(operation: Operation): string {
  if (operation.errors.length === 0) return '';
  const rows = operation.errors.map((code) => {
    const { status, title, remedy } = errorCatalog[code];
    return `<tr><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}. ${escapeHtml(remedy)}</td></tr>`;
  });
  return `<table><thead><tr><th>Error</th><th>Status</th><th>What to do</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Served beside the page: the site's policy allows no inline styles. */
export const docsStyle = `:root{color-scheme:light dark;--bg:light-dark(#f3f0ea,#121110);--surface:light-dark(#fcfbf8,#191816);
--line:light-dark(#e2ded5,#2c2a27);--text:light-dark(#1e1b18,#efece7);--text-2:light-dark(#544f47,#bbb7af);--accent:light-dark(#525e00,#cee747)}
body{margin:0;background:var(--bg);color:var(--text);font:13px/20px system-ui,sans-serif;display:grid;grid-template-columns:280px 1fr}
nav{padding:16px 20px;border-right:1px solid var(--line);position:sticky;top:0;height:100vh;overflow:auto;box-sizing:border-box}
nav h1{font-size:18px;line-height:24px;margin:0 0 8px}nav h2{font-size:12px;color:var(--text-2);margin:16px 0 4px}nav ul{list-style:none;margin:0;padding:0}
nav li{padding:2px 0}main{padding:16px 20px;max-width:920px;min-width:0}a{color:var(--accent)}
section{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:12px 16px;margin:0 0 12px}
h3{font-size:14px;margin:0}.route{margin:4px 0}.meta{color:var(--text-2);margin:4px 0}code{font:12px/16px ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:8px 0}th{text-align:left;font-size:12px;color:var(--text-2)}td,th{padding:4px 8px 4px 0;border-top:1px solid var(--line);vertical-align:top}
@media(max-width:800px){body{grid-template-columns:1fr}nav{position:static;height:auto;border:0}}`;
