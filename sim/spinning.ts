// Whether an execution gets nowhere any more: everybody who can run only repeats what changes nothing.

import type { Actor } from './actor.js'
import { plural } from './count.js'
import { CLOCK_READ, changesState } from './operation.js'
import { ACTORS_MAX, type Trace } from './trace.js'

/** Steps that change nothing, after which peers are taken to spin for ever. A bounded wait that polls more often is mistaken for one. */
const UNCHANGED_STEPS_MAX = 1000

/**
 * Whether more steps would not help, as far as the trace tells: for long nothing has changed, and each of `ready` has run and did
 * only what it had done before.
 */
export function onlySpins(trace: Trace, ready: readonly Actor[]): boolean {
  const { steps } = trace
  if (steps < UNCHANGED_STEPS_MAX) return false
  const middle = steps - UNCHANGED_STEPS_MAX / 2
  const before = new Set<number>()
  let ran = 0
  for (let step = steps - UNCHANGED_STEPS_MAX; step < steps; step++) {
    const kind = trace.kindAt(step)
    if (changesState(kind) || kind === CLOCK_READ) return false
    const word = trace.wordAt(step)
    if (step < middle) before.add(word)
    // Who goes through a long array does not spin.
    else if (!before.has(word)) return false
    ran |= 1 << (word & (ACTORS_MAX - 1))
  }
  return ready.every((actor) => (ran & (1 << actor.id)) !== 0)
}

/** `peer 0 and peer 1 spin for ever: …` */
export function spinningMessage(ready: readonly Actor[]): string {
  const verb = ready.length === 1 ? 'spins' : 'spin'
  const names = ready.map((actor) => actor.name).join(' and ')
  return `${names} ${verb} for ever: the last ${plural(UNCHANGED_STEPS_MAX, 'step')} changed nothing, and nobody else is left to change anything`
}
