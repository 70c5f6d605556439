/** Results as Markdown, for a message, an issue or a note. Knows no editor. */

import type { Hit } from '../protocol';

/** A question and the places that answer it, with snippets as code. */
export function resultsAsMarkdown(query: string, hits: readonly Hit[]): string {
  const places = hits.map((hit) => {
    const lines = `${hit.range.start.line + 1}-${hit.range.end.line + 1}`;
    const name = hit.symbol === '' ? '' : ` \`${hit.symbol}\``;
    const fence = fenceFor(hit.snippet);
    return `- **${hit.path}:${lines}**${name}\n\n${indented(`${fence}${hit.language}\n${hit.snippet}\n${fence}`)}\n`;
  });
  return [`## ${query}`, '', ...places].join('\n');
}

/** A fence longer than any in the text. */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  return '`'.repeat(longest + 1);
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
