// Text for a terminal: widths as shown (wide characters count two, colours none), figures, durations.

import stringWidth from 'string-width'
import { count } from '../../sim/count.js'

/** Turns text into coloured text of the same width. */
export type Paint = (text: string) => string

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that `text` takes on a terminal. */
export function width(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text)
}

/** `text` in at most `columns`, with `…` where something was cut. For text without colours. */
export function shorten(text: string, columns: number): string {
  if (width(text) <= columns) return text
  if (columns <= 0) return ''
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const segmentWidth = width(segment)
    if (used + segmentWidth > columns - 1) break
    kept += segment
    used += segmentWidth
  }
  return `${kept.trimEnd()}…`
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text
}

/** Breaks `text` between words into lines of at most `columns`; a longer word gets a line of its own, cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (width(longer) <= columns) {
      line = longer
    } else {
      if (line !== '') lines.push(line)
      line = shorten(word, columns)
    }
  }
  if (line !== '') lines.push(line)
  return lines
}

/** Makes control characters and bidirectional overrides visible: they come from user data and would rearrange the terminal. */
export function clean(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text
  return text.replace(UNPRINTABLE, (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Short figure for rates: `845`, `17.4 k`, `795 k`, `23 M`. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value < 999.5) return Math.round(value).toString()
  for (const [unit, size] of UNITS) {
    const scaled = value / size
    if (scaled < 99.95) return `${trimZero(scaled.toFixed(1))} ${unit}`
    if (scaled < 999.5) return `${Math.round(scaled)} ${unit}`
  }
  return `${count(value / 1e12)} T`
}

/** Events per second, `–` where no time went by. */
export function perSecond(events: number, elapsedMs: number): string {
  return elapsedMs <= 0 || events === 0 ? '–' : short((events * 1000) / elapsedMs)
}

/** `640 ms`, `12.3 s`, `2 min 5 s`, `1 h 2 min`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${trimZero((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[], joint = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${joint} ${items[items.length - 1]}`
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' }
const UNITS = [
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
] as const

function trimZero(figure: string): string {
  return figure.endsWith('.0') ? figure.slice(0, -2) : figure
}
