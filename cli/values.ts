// The values of options, read from text. Whatever is not as expected ends in one sentence that says what would be.

import { UsageProblem } from './usage-problem.js'

/** What yargs makes of a string option: a list where it stood there several times. */
export type Given = string | readonly string[] | undefined

/** The option's only value. */
export function single(option: string, given: Given): string | undefined {
  if (given === undefined || typeof given === 'string') return given
  throw new UsageProblem(`expected --${option} once, got it ${given.length} times: ${given.join(', ')}`)
}

/** All values of an option that may stand there several times. */
export function several(given: Given): string[] {
  return given === undefined ? [] : typeof given === 'string' ? [given] : [...given]
}

/** An integer from `min` on; underscores and commas between digits are fine. */
export function integer(option: string, given: Given, min: number): number | undefined {
  const text = single(option, given)
  if (text === undefined) return undefined
  const value = /^\d+([_,]\d+)*$/.test(text) ? Number(text.replaceAll(/[_,]/g, '')) : Number.NaN
  if (!Number.isSafeInteger(value) || value < min) throw new UsageProblem(`expected --${option} to be an integer of at least ${min}, got ${shown(text)}`)
  return value
}

/** A duration such as `500ms`, `30s`, `2m` or `1h`, in ms. */
export function durationMs(option: string, given: Given): number | undefined {
  const text = single(option, given)
  if (text === undefined) return undefined
  const [, figure, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)$/.exec(text) ?? []
  const ms = Number(figure) * (UNIT_MS[unit ?? ''] ?? Number.NaN)
  if (ms >= 1 && ms <= DURATION_MS_MAX) return ms
  const hint = /^[1-9]\d*$/.test(text) ? `; did you mean ${text}s?` : ''
  throw new UsageProblem(`expected --${option} to be a duration from 1ms to 24h, such as 500ms, 30s or 2m, got ${shown(text)}${hint}`)
}

/** A seed: 1 to 12 hex digits, in lower case from here on. */
export function seed(given: Given): string | undefined {
  const text = single('seed', given)
  if (text === undefined) return undefined
  if (!/^[0-9a-f]{1,12}$/i.test(text)) throw new UsageProblem(`expected --seed to be 1 to 12 hex digits, such as 9f21c4, got ${shown(text)}`)
  return text.toLowerCase()
}

/** One of a few words. */
export function choice<Word extends string>(option: string, given: Given, words: readonly Word[]): Word | undefined {
  const text = single(option, given)
  if (text === undefined) return undefined
  const word = words.find((candidate) => candidate === text)
  if (word === undefined)
    throw new UsageProblem(`expected --${option} to be ${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}, got ${shown(text)}`)
  return word
}

/** What was typed, as a sentence shows it. */
export function shown(text: string): string {
  return text === '' ? 'nothing' : /^[\w./:+=-]+$/.test(text) ? text : JSON.stringify(text)
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }
const DURATION_MS_MAX = 24 * 3_600_000
