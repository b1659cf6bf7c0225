// Replays a list of choices, and stops at the first that does not fit: what was expected, what came.

import type { Actor } from '../actor.js'
import { plural } from '../count.js'
import { NONE, operationName } from '../operation.js'
import type { StreamName } from '../random-streams.js'
import type { RecordedChoice } from '../recording.js'
import { Answers } from '../shrink/schedule.js'
import { describeActor, pendingKind, placeOf } from './recording-strategy.js'
import type { Run, Strategy } from './strategy.js'

/** The execution went another way than the recording. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError'
  /** Steps before the choice that does not fit. */
  readonly step: number
  readonly expected: string
  readonly got: string
  /** `file:line` where the code differs now; undefined if unknown. */
  readonly place: string | undefined

  constructor(step: number, expected: string, got: string, place?: string) {
    super(`the recording does not fit from step ${step + 1} on: expected ${expected}, got ${got}${place === undefined ? '' : ` at ${place}`}`)
    this.step = step
    this.expected = expected
    this.got = got
    this.place = place
  }
}

export class Replay implements Strategy {
  readonly name = 'replay'
  readonly lead = 1
  readonly #choices: readonly RecordedChoice[]
  #next = 0
  /** What was chosen so far, beside the picks. */
  answered = new Answers()

  constructor(choices: readonly RecordedChoice[]) {
    this.#choices = choices
  }

  begin(_run: Run): void {
    this.#next = 0
    this.answered = new Answers()
  }

  /** Choices that were not asked for yet. */
  get left(): number {
    return this.#choices.length - this.#next
  }

  pick(run: Run): Actor {
    const enabled = [...run.ready.slice(0, run.readyCount), ...run.enabledEnvironment]
    const choice = this.#choices[this.#next++]
    const fallback = enabled[0] as Actor
    if (choice === undefined) return this.#diverges(run, fallback, 'the end of the execution', `a pick among ${namesOf(enabled)}`)
    if (choice.bound !== 0) return this.#diverges(run, fallback, wordsFor(choice), `a pick among ${namesOf(enabled)}`)
    if (!this.#hashFits(run, choice)) return fallback
    const actor = enabled.find((candidate) => candidate.id === choice.value)
    if (actor === undefined) return this.#diverges(run, fallback, wordsFor(choice), `only ${enabled.map(describeActor).join(', ')} can go on`)
    const got = describeActor(actor)
    const fits = choice.expected === undefined ? choice.kind === pendingKind(actor) : choice.expected === got
    return fits ? actor : this.#diverges(run, actor, wordsFor(choice), got, placeOf(actor))
  }

  choose(run: Run, bound: number, label: string, _stream: StreamName): number {
    const choice = this.#choices[this.#next++]
    const got = `the choice "${label}" of ${bound}`
    if (choice === undefined) return this.#diverges(run, 0, 'the end of the execution', got)
    if (choice.bound !== bound || (choice.expected !== undefined && choice.expected !== label)) return this.#diverges(run, 0, wordsFor(choice), got)
    if (!this.#hashFits(run, choice)) return 0
    this.answered.add(run, label, choice.value)
    return choice.value
  }

  #hashFits(run: Run, choice: RecordedChoice): boolean {
    const hash = run.trace.prefixHash().slice(0, choice.hash.length)
    if (hash === choice.hash && run.trace.steps === choice.step) return true
    const got = run.trace.steps === choice.step ? 'another result of an operation before it' : `it after ${plural(run.trace.steps, 'step')}`
    return this.#diverges(run, false, `${wordsFor(choice)} after ${plural(choice.step, 'step')} with the results as recorded`, got)
  }

  /** Stops the execution. The answer is only there to be given: no step follows it. */
  #diverges<T>(run: Run, answer: T, expected: string, got: string, place = ''): T {
    run.stop(new DivergenceError(run.trace.steps, expected, got, place === '' ? undefined : place))
    return answer
  }
}

function namesOf(actors: readonly Actor[]): string {
  return actors.map((actor) => actor.name).join(', ')
}

function wordsFor(choice: RecordedChoice): string {
  if (choice.bound !== 0) return `the choice ${choice.expected === undefined ? '' : `"${choice.expected}" `}of ${choice.bound}`
  const what = choice.expected ?? (choice.kind === NONE ? `a step of actor ${choice.value}` : `a ${operationName(choice.kind)} of actor ${choice.value}`)
  return choice.place === undefined ? what : `${what} at ${choice.place}`
}
