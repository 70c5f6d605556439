// Collect what `l10n.t` is called with in client/src into client/l10n/bundle.l10n.json: `node client/scripts/l10n.mjs [--check]`.
// Modules that know no editor are given `l10n` as an argument, which export tools that follow imports do not see.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const client = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(client, 'l10n', 'bundle.l10n.json');
const messages = new Set();
const faults = [];

const files = readdirSync(join(client, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join(client, 'src', path));
for (const file of files) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
  const visit = (node) => {
    if (ts.isCallExpression(node) && isTranslation(node.expression, source)) {
      const [message] = node.arguments;
      if (message !== undefined && ts.isStringLiteralLike(message)) messages.add(message.text);
      else {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        faults.push(`${file}:${line + 1}: l10n.t takes its message as a literal`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const text = `${JSON.stringify(Object.fromEntries([...messages].sort().map((message) => [message, message])), undefined, 2)}\n`;
if (process.argv.includes('--check')) {
  const found = existsSync(bundle) ? readFileSync(bundle, 'utf8') : '';
  if (found !== text) faults.push(`${bundle} is not current; run "npm run l10n"`);
} else writeFileSync(bundle, text);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

function isTranslation(callee, source) {
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 't' &&
    /(^|\.)l10n$/.test(callee.expression.getText(source))
  );
}
