// A schedule as it is edited: segments of steps instead of single choices. A choice fits at one step of one execution; that somebody
// runs on to his fifth step, and then somebody else to his second, fits executions that went another way before.

import { ENVIRONMENT_FIRST } from '../actor.js'
import { POWER_AT_END_LABEL } from '../environment.js'
import type { Run } from '../strategies/strategy.js'
import { ACTORS_MAX, type Trace } from '../trace.js'

/** Something that was chosen: a victim, a moment, what survives. */
export interface Answer {
  readonly label: string
  readonly value: number
}

/** Steps of one actor without another's between them. */
export interface Segment {
  /** Id of the actor. */
  readonly actor: number
  /** Steps that the actor has taken in all when the segment ends. An actor of the environment takes one step in a segment. */
  readonly until: number
  /** What was chosen in a step of the environment, in the order in which it was asked. */
  readonly answers: readonly Answer[]
}

export interface Schedule {
  readonly segments: readonly Segment[]
  /** What was chosen elsewhere, in the order in which it was asked. */
  readonly answers: readonly Answer[]
}

const NO_ANSWERS: readonly Answer[] = []

export function isEnvironment(actorId: number): boolean {
  return actorId >= ENVIRONMENT_FIRST
}

/** Whether what is asked now belongs to the step that an actor of the environment takes. */
export function belongsToEnvironment(run: Run, label: string): boolean {
  return isEnvironment(run.current.id) && label !== POWER_AT_END_LABEL
}

/** What was chosen in one execution, so that its trace can be told as a schedule. */
export class Answers {
  /** By the number of the environment's step. */
  readonly #ofSteps: Answer[][] = []
  readonly #elsewhere: Answer[] = []

  add(run: Run, label: string, value: number): void {
    if (belongsToEnvironment(run, label)) {
      const step = run.environmentSteps - 1
      let answers = this.#ofSteps[step]
      if (answers === undefined) this.#ofSteps[step] = answers = []
      answers.push({ label, value })
    } else this.#elsewhere.push({ label, value })
  }

  /** The schedule of the execution whose trace this is. */
  schedule(trace: Trace): Schedule {
    const segments: Segment[] = []
    const taken = new Int32Array(ACTORS_MAX)
    let environmentSteps = 0
    for (let step = 0; step < trace.steps; step++) {
      const actor = trace.actorAt(step)
      const until = ++(taken as { [id: number]: number })[actor]
      if (isEnvironment(actor)) segments.push({ actor, until, answers: this.#ofSteps[environmentSteps++] ?? NO_ANSWERS })
      else {
        const last = segments[segments.length - 1]
        const segment = { actor, until, answers: NO_ANSWERS }
        if (last?.actor === actor) segments[segments.length - 1] = segment
        else segments.push(segment)
      }
    }
    return { segments, answers: this.#elsewhere }
  }
}
