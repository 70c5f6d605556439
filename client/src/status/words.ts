/** Numbers, sizes and times in words. */

import type { Localiser } from '../localiser';

/** Lengths of time that read the same within themselves: at most so many seconds. */
const MINUTE_S = 60;
const HOUR_S = 3600;

/** A number with its thousands apart. */
export function toldNumber(n: number): string {
  return n.toLocaleString('en');
}

/** How many files. */
export function toldFiles(n: number, l10n: Localiser): string {
  return n === 1 ? l10n.t('1 file') : l10n.t('{0} files', toldNumber(n));
}

/** How many chunks. */
export function toldChunks(n: number, l10n: Localiser): string {
  return n === 1 ? l10n.t('1 chunk') : l10n.t('{0} chunks', toldNumber(n));
}

/** A size in decimal units, as file managers show it. */
export function toldSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'] as const;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** power;
  return `${scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0)} ${units[power - 1] ?? 'TB'}`;
}

/** "about 2 minutes left": as exact as an estimate is. */
export function toldLeft(seconds: number, l10n: Localiser): string {
  if (seconds < MINUTE_S) return l10n.t('less than a minute left');
  if (seconds < 1.5 * MINUTE_S) return l10n.t('about a minute left');
  if (seconds < HOUR_S - MINUTE_S / 2) return l10n.t('about {0} minutes left', Math.round(seconds / MINUTE_S));
  if (seconds < 1.5 * HOUR_S) return l10n.t('about an hour left');
  return l10n.t('about {0} hours left', Math.round(seconds / HOUR_S));
}

/** A text that Markdown shows as it is. */
export function escapedMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}

/** Why indexing goes slower than it could; the server says it in English. */
export function toldSlowed(slowed: string, l10n: Localiser): string {
  switch (slowed) {
    case 'on battery':
      return l10n.t('slower, on battery');
    case 'other programs are busy':
      return l10n.t('slower, other programs are busy');
    default:
      return l10n.t('slower: {0}', slowed);
  }
}
