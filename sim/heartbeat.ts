// A sign of life. Code under test may loop for ever without a step, and then nothing on its thread can end it. So what goes on is noted
// in a few shared words, and a supervisor on another thread (cli/supervisor.ts) sees when it stands still.
//
// The words are written with plain stores: nothing is ordered by them, and a supervisor that sees one late is late by nothing that counts.
// A thread that nobody watches writes to words of its own.

import type { Seed } from './random-streams.js'

/** Goes up with each sign of life; wraps. */
export const BEATS = 0
/** What is being done: {@link IDLE}, {@link LOADING} or {@link EXECUTING}. */
export const ACTIVITY = 1
/** The seed of the execution that runs: its lower 32 bits, and those above. */
export const SEED_LOW = 2
export const SEED_HIGH = 3
export const HEARTBEAT_WORDS = 4

/** Heddle's own work, which ends. */
export const IDLE = 0
/** A file of the user's is loaded: its module's top level runs. */
export const LOADING = 1
/** Executions run, one beat each. */
export const EXECUTING = 2

/** What is loaded or run, in words. */
export type Activity =
  | { readonly kind: 'loading'; readonly file: string }
  | { readonly kind: 'executing'; readonly scenario: string; readonly strategy: string }

let words = new Int32Array(HEARTBEAT_WORDS)
let tell: ((activity: Activity) => void) | undefined
let current: Activity | undefined

/** From now on the words are `shared`, and `onActivity` hears of each file and each campaign before it begins. */
export function watchHeartbeat(shared: Int32Array<SharedArrayBuffer>, onActivity: (activity: Activity) => void): void {
  words = shared as unknown as typeof words
  tell = onActivity
}

/** Says what begins; {@link rest} says that it ended. */
export function begin(activity: Activity): void {
  current = activity
  tell?.(activity)
  words[BEATS]++
  words[ACTIVITY] = activity.kind === 'loading' ? LOADING : EXECUTING
}

/** One execution begins. */
export function beat(seed: Seed): void {
  words[SEED_LOW] = seed | 0
  words[SEED_HIGH] = seed / 0x1_0000_0000
  words[BEATS]++
}

/** Says that `activity` goes on while `run` does, and then what was before. */
export async function within<T>(activity: Activity, run: () => Promise<T>): Promise<T> {
  const before = current
  begin(activity)
  try {
    return await run()
  } finally {
    if (before === undefined) rest()
    else begin(before)
  }
}

/** No code under test runs any more. */
export function rest(): void {
  current = undefined
  words[ACTIVITY] = IDLE
}
