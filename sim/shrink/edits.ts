// Edits of a schedule that may make it smaller. Each gives another schedule; whether that one still fails is for an execution to say.

import { CRASHER_ID, POWER_ID } from '../actor.js'
import { MODE_LABEL, MODES, ONE_LOST_LABEL, ONE_SURVIVES_LABEL } from '../disk/survival.js'
import { POWER_AT_END_LABEL, VICTIM_LABEL } from '../environment.js'
import { type Answer, isEnvironment, type Schedule, type Segment } from './schedule.js'

/** Segments by which a fault may move at once. */
const EARLIER_MAX = 8
const VICTIMS_MAX = 4

/** Leaves out the segments from `start` to `end`, exclusive. Steps left out of a peer come with its next segment, or at the end. */
export function withoutSegments({ segments, answers }: Schedule, start: number, end: number): Schedule {
  return { segments: [...segments.slice(0, start), ...segments.slice(end)], answers }
}

/** Leaves out every segment of an actor of the environment. */
export function withoutActor({ segments, answers }: Schedule, actor: number): Schedule {
  return { segments: segments.filter((segment) => segment.actor !== actor), answers: actor === POWER_ID ? withoutFailureAtEnd(answers) : answers }
}

/** Leaves out the segment of the environment at `index`. */
export function withoutFault(schedule: Schedule, index: number): Schedule {
  const { segments, answers } = withoutSegments(schedule, index, index + 1)
  return { segments, answers: schedule.segments[index]?.actor === POWER_ID ? withoutFailureAtEnd(answers) : answers }
}

/** After the end the power fails because that is chosen, not because somebody is picked. */
function withoutFailureAtEnd(answers: readonly Answer[]): readonly Answer[] {
  return answers.map((answer) => (answer.label === POWER_AT_END_LABEL ? { ...answer, value: 0 } : answer))
}

/** Takes the steps of the peer's segment at `index` together with those of its segment before; undefined where there is none. */
export function joinedBefore({ segments, answers }: Schedule, index: number): Schedule | undefined {
  const { actor, until } = segments[index] as Segment
  const before = isEnvironment(actor) ? -1 : segments.findLastIndex((segment, i) => i < index && segment.actor === actor)
  if (before < 0) return undefined
  const joined = segments.map((segment, i) => (i === before ? { ...segment, until } : segment))
  return { segments: joined.filter((_, i) => i !== index), answers }
}

/** The first `steps` steps of a schedule. */
export function firstSteps({ segments, answers }: Schedule, steps: number): Schedule {
  const kept: Segment[] = []
  const taken = new Map<number, number>()
  let left = steps
  for (const segment of segments) {
    if (left === 0) break
    const before = taken.get(segment.actor) ?? 0
    const count = Math.min(left, segment.until - before)
    kept.push({ ...segment, until: before + count })
    taken.set(segment.actor, before + count)
    left -= count
  }
  return { segments: kept, answers }
}

/** Lets the one go on who went before the segment at `index`: with its next segment, or for as long as it can. */
export function withoutSwitch(schedule: Schedule, index: number): Schedule {
  const { segments } = schedule
  const next = segments.findIndex(({ actor }, i) => i > index && actor === segments[index - 1]?.actor)
  return (next < 0 ? undefined : joinedBefore(schedule, next)) ?? withoutSegments(schedule, index, index + 1)
}

/** Takes `steps` steps from the peer's segment at `index`, and leaves its later segments as long as they are. */
export function shortened({ segments, answers }: Schedule, index: number, steps: number): Schedule {
  const { actor } = segments[index] as Segment
  return { segments: segments.map((segment, i) => (i >= index && segment.actor === actor ? { ...segment, until: segment.until - steps } : segment)), answers }
}

/** Steps of the segment at `index`. */
export function stepsOf({ segments }: Schedule, index: number): number {
  const { actor, until } = segments[index] as Segment
  const before = segments.findLast((segment, i) => i < index && segment.actor === actor)
  return until - (before?.until ?? 0)
}

/** Schedules in which the environment's step at `index` comes earlier, and if somebody is its victim, any of the first few. */
export function* withFaultEarlier({ segments, answers }: Schedule, index: number): Generator<Schedule> {
  const fault = segments[index] as Segment
  const others = segments.filter((_, i) => i !== index)
  for (let to = index - 1; to >= Math.max(0, index - EARLIER_MAX); to--) {
    for (const moved of withVictims(fault)) yield { segments: [...others.slice(0, to), moved, ...others.slice(to)], answers }
  }
}

/** Who is the first of those who can crash is another question at another moment, and none where there is only one. */
function withVictims(fault: Segment): Segment[] {
  if (fault.actor !== CRASHER_ID) return [fault]
  const rest = fault.answers.filter(({ label }) => label !== VICTIM_LABEL)
  return Array.from({ length: VICTIMS_MAX }, (_, value) => ({ ...fault, answers: [{ label: VICTIM_LABEL, value }, ...rest] }))
}

/** Schedules in which one thing was chosen that needs less words than what was chosen: 0 instead of another value, and simpler survivals. */
export function* withSimplerAnswers(schedule: Schedule): Generator<Schedule> {
  const { segments, answers } = schedule
  for (const simpler of simplerAnswers(answers)) yield { segments, answers: simpler }
  for (const [index, segment] of segments.entries()) {
    for (const simpler of simplerAnswers(segment.answers)) {
      yield { segments: segments.map((other, i) => (i === index ? { ...segment, answers: simpler } : other)), answers }
    }
  }
}

function* simplerAnswers(answers: readonly Answer[]): Generator<readonly Answer[]> {
  for (const [index, { label, value }] of answers.entries()) {
    if (label === MODE_LABEL && MODES[value] === 'any subset') yield* simplerSurvivals(answers, index)
    for (const smaller of value === 0 ? [] : new Set([0, 1, value >> 1, value - 1])) {
      if (smaller < value) yield answers.map((answer, i) => (i === index ? { label, value: smaller } : answer))
    }
  }
}

/** All survives but one change, or nothing but one: what was chosen for each of the others need not be told. */
function* simplerSurvivals(answers: readonly Answer[], mode: number): Generator<readonly Answer[]> {
  const decisions = answers.slice(mode + 1)
  for (const [one] of decisions.entries()) {
    for (const [name, label] of [
      ['everything but one', ONE_LOST_LABEL],
      ['only one', ONE_SURVIVES_LABEL],
    ] as const) {
      yield [...answers.slice(0, mode), { label: MODE_LABEL, value: MODES.indexOf(name) }, { label, value: one }, ...decisions]
    }
  }
}

/** Lets a few segments of peers, drawn at random, end elsewhere, and mostly leaves one out. `draw(n)` gives 0 to n - 1. */
export function mutated(schedule: Schedule, draw: (bound: number) => number): Schedule {
  let mutant = schedule
  const without = draw(schedule.segments.length + 1)
  if (without < schedule.segments.length) mutant = withoutSegments(mutant, without, without + 1)
  for (let edits = draw(3); edits >= 0; edits--) mutant = movedEnd(mutant, draw(mutant.segments.length), draw)
  return mutant
}

/** Lets a peer's segment end anywhere after the peer's segment before, and before the end of the one after. */
function movedEnd({ segments, answers }: Schedule, index: number, draw: (bound: number) => number): Schedule {
  const { actor, until } = segments[index] as Segment
  if (isEnvironment(actor)) return { segments, answers }
  const before = segments.findLast((segment, i) => i < index && segment.actor === actor)?.until ?? 0
  const after = segments.find((segment, i) => i > index && segment.actor === actor)?.until ?? until + 1
  const end = before + 1 + draw(Math.max(1, after - before - 1))
  return { segments: segments.map((segment, i) => (i === index ? { ...segment, until: end } : segment)), answers }
}
