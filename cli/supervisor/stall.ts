// What is said of a command that gets nowhere.

import { type Activity, SEED_HIGH, SEED_LOW } from '../../sim/heartbeat.js'
import { duration } from '../report/text.js'
import type { Look } from './messages.js'

/** One sentence: what was expected of which code, and where it is. */
export function stallSentence(activity: Activity | undefined, seed: string, look: Look | undefined, stallMs: number): string {
  const none = `got none for ${duration(stallMs)}`
  const where = look === undefined ? '' : look.waiting ? '; it waits for something that does not come' : at(look)
  if (activity === undefined) return `expected a sign of life, ${none}${where}`
  if (activity.kind === 'loading') return `${activity.file}: expected an end of its top level while it was loaded, ${none}${where}`
  return `scenario "${activity.scenario}" (strategy ${activity.strategy}, seed ${seed}): expected ${expectation(look)}, ${none}${where}`
}

/** Where the thread is, for the sentence that says that Ctrl-C could not end it in order. */
export function blockedSentence(activity: Activity | undefined, look: Look | undefined): string {
  const what = activity === undefined ? 'the command' : activity.kind === 'loading' ? activity.file : `scenario "${activity.scenario}"`
  return `stopped in the middle: ${what} did not come to a point at which it could be stopped${look === undefined ? '' : at(look)}`
}

/** The seed in the words of a heartbeat, as hexadecimal digits. */
export function seedIn(heartbeat: Int32Array): string {
  return ((Atomics.load(heartbeat, SEED_LOW) >>> 0) + Atomics.load(heartbeat, SEED_HIGH) * 0x1_0000_0000).toString(16)
}

function expectation(look: Look | undefined): string {
  switch (look?.phase) {
    case 'setup':
      return 'an end of setup'
    case 'peer':
      return `a step or an end of ${look.actor}${look.steps === 0 ? '' : ` after step ${look.steps}`}`
    case 'check':
      return `an answer of an invariant (or of describe, locate or deadlines)${look.steps === 0 ? '' : ` after step ${look.steps}`}`
    default:
      return 'a step or an end'
  }
}

function at({ places }: Look): string {
  return places.length === 0 ? '' : `, in ${places.slice(0, PLACES_MAX).join(' called by ')}`
}

const PLACES_MAX = 2
