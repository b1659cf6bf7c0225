// Deadlock: somebody waits, and nobody is left who could end the wait.

import type { Actor } from './actor.js'

/** Whether an actor waits for something without which it cannot end. Promises that its code left behind keep no program running. */
export function cannotEnd(actor: Actor): boolean {
  return actor.state === 'blocked' && (actor.calls.depth > 0 || actor.unfinished)
}

/** `peer 0 and peer 2 wait, and nobody is left to wake them` */
export function deadlockMessage(everybody: readonly Actor[]): string {
  const waiting = everybody.filter(cannotEnd).map((actor) => actor.name)
  return waiting.length === 1 ? `${waiting[0]} waits, and nobody is left to wake it` : `${waiting.join(' and ')} wait, and nobody is left to wake them`
}
