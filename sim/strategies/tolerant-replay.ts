// Follows a schedule that was edited as far as it fits, and a rule of its own where it does not: who went last goes on as long as it can,
// then the lowest number goes, and no fault befalls. Or, where it is said how to draw, anybody goes.

import { type Actor, CLOCK_ID, RESTARTER_ID } from '../actor.js'
import { changesState } from '../operation.js'
import { type Answer, Answers, belongsToEnvironment, isEnvironment, type Schedule, type Segment } from '../shrink/schedule.js'
import { ACTORS_MAX } from '../trace.js'
import type { Run, Strategy } from './strategy.js'

/** Steps that change nothing, after which another one goes: what somebody waits for in a loop, others must do. */
const UNCHANGED_STEPS_MAX = 64
const NOBODY = -1

export class TolerantReplay implements Strategy {
  readonly name = 'tolerant replay'
  readonly lead = 1
  readonly #segments: readonly Segment[]
  readonly #answers: readonly Answer[]
  readonly #draw: ((bound: number) => number) | undefined
  /** What was chosen in this execution. */
  answered = new Answers()
  /** Steps before each pick so far by which somebody did not go on who could have. */
  readonly preemptedAfter: number[] = []
  /** Segments before this one are done. */
  #at = 0
  /** Segments of the environment that have had their step: it may come without being asked for. */
  readonly #spent: boolean[] = []
  /** By the number of the environment's step, the segment it belongs to, if it belongs to one. */
  readonly #segmentOfStep: (Segment | undefined)[] = []
  /** Answers of that segment which are used up. */
  #used = 0
  #usedOfStep = NOBODY
  /** By label, where to look for the next answer that is not of the environment. */
  readonly #nextAnswer = new Map<string, number>()
  /** Steps of each actor so far. */
  readonly #taken = new Int32Array(ACTORS_MAX)
  #stepsSeen = 0
  #environmentStepsSeen = 0
  /** Who of the peers and recoveries took the last step, and how many it has taken that changed nothing. */
  #last = NOBODY
  #unchanged = 0

  /** @param draw gives 0 to bound - 1: who goes after the schedule's end is drawn by it */
  constructor({ segments, answers }: Schedule, draw?: (bound: number) => number) {
    this.#segments = segments
    this.#answers = answers
    this.#draw = draw
  }

  begin(_run: Run): void {
    this.answered = new Answers()
    this.preemptedAfter.length = 0
    this.#at = 0
    this.#spent.length = 0
    this.#segmentOfStep.length = 0
    this.#used = 0
    this.#usedOfStep = NOBODY
    this.#nextAnswer.clear()
    this.#taken.fill(0)
    this.#stepsSeen = 0
    this.#environmentStepsSeen = 0
    this.#last = NOBODY
    this.#unchanged = 0
  }

  pick(run: Run): Actor {
    this.#follow(run)
    const actor = this.#fromSchedule(run) ?? this.#byRule(run)
    if (this.#preempts(run, actor)) this.preemptedAfter.push(run.trace.steps)
    return actor
  }

  choose(run: Run, bound: number, label: string): number {
    const recorded = belongsToEnvironment(run, label) ? this.#answerOfStep(run, label) : this.#answerElsewhere(label)
    const value = Math.min(recorded ?? 0, bound - 1)
    this.answered.add(run, label, value)
    return value
  }

  /** Takes the steps since the last pick into account. */
  #follow(run: Run): void {
    const { trace } = run
    for (; this.#stepsSeen < trace.steps; this.#stepsSeen++) {
      const actor = trace.actorAt(this.#stepsSeen)
      this.#taken[actor] = (this.#taken[actor] as number) + 1
      if (isEnvironment(actor)) this.#segmentOf(this.#environmentStepsSeen++, actor)
      else {
        this.#unchanged = actor !== this.#last || changesState(trace.kindAt(this.#stepsSeen)) ? 0 : this.#unchanged + 1
        this.#last = actor
      }
    }
  }

  #fromSchedule(run: Run): Actor | undefined {
    for (; this.#at < this.#segments.length; this.#at++) {
      const segment = this.#segments[this.#at] as Segment
      if (isEnvironment(segment.actor)) {
        const actor = this.#spent[this.#at] === true ? undefined : run.enabledEnvironment.find(({ id }) => id === segment.actor)
        if (actor === undefined) continue
        this.#spent[this.#at] = true
        this.#segmentOfStep[run.environmentSteps] = segment
        return actor
      }
      const actor = (this.#taken[segment.actor] as number) < segment.until ? readyActor(run, segment.actor) : undefined
      if (actor !== undefined) return actor
    }
    return undefined
  }

  #byRule(run: Run): Actor {
    const { ready, readyCount, enabledEnvironment } = run
    if (readyCount === 0) {
      const helps = (id: number) => enabledEnvironment.find((actor) => actor.id === id)
      return helps(RESTARTER_ID) ?? helps(CLOCK_ID) ?? (enabledEnvironment[0] as Actor)
    }
    if (this.#draw !== undefined) return ready[this.#draw(readyCount)] as Actor
    const last = readyActor(run, this.#last)
    const spins = this.#unchanged >= UNCHANGED_STEPS_MAX
    if (last !== undefined && !(spins && readyCount > 1)) return last
    let lowest: Actor | undefined
    let following: Actor | undefined
    for (let i = 0; i < readyCount; i++) {
      const actor = ready[i] as Actor
      if (lowest === undefined || actor.id < lowest.id) lowest = actor
      if (actor.id > this.#last && (following === undefined || actor.id < following.id)) following = actor
    }
    return (spins ? following : undefined) ?? (lowest as Actor)
  }

  #preempts(run: Run, actor: Actor): boolean {
    const { trace } = run
    if (isEnvironment(actor.id) || trace.steps === 0) return false
    const before = trace.lastActor()
    return before !== actor.id && !isEnvironment(before) && readyActor(run, before) !== undefined
  }

  /** The segment that a step of the environment belongs to: that for which it was picked, or the first of this actor that had none. */
  #segmentOf(step: number, actor: number): Segment | undefined {
    if (step in this.#segmentOfStep) return this.#segmentOfStep[step]
    let index = this.#at
    while (index < this.#segments.length && (this.#segments[index]?.actor !== actor || this.#spent[index] === true)) index++
    if (index < this.#segments.length) this.#spent[index] = true
    this.#segmentOfStep[step] = this.#segments[index]
    return this.#segmentOfStep[step]
  }

  #answerOfStep(run: Run, label: string): number | undefined {
    const step = run.environmentSteps - 1
    if (this.#usedOfStep !== step) {
      this.#usedOfStep = step
      this.#used = 0
    }
    const answers = this.#segmentOf(step, run.current.id)?.answers ?? []
    const at = answers.findIndex((answer, i) => i >= this.#used && answer.label === label)
    if (at < 0) return undefined
    this.#used = at + 1
    return answers[at]?.value
  }

  #answerElsewhere(label: string): number | undefined {
    const from = this.#nextAnswer.get(label) ?? 0
    const at = this.#answers.findIndex((answer, i) => i >= from && answer.label === label)
    this.#nextAnswer.set(label, at < 0 ? this.#answers.length : at + 1)
    return this.#answers[at]?.value
  }
}

function readyActor({ ready, readyCount }: Run, id: number): Actor | undefined {
  for (let i = 0; i < readyCount; i++) if ((ready[i] as Actor).id === id) return ready[i]
  return undefined
}
