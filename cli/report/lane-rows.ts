// The rows of a lane table: what stands in them, not yet where.
//
// A step makes a row; so does the call that it is the first step of, what the peer reported after it, a stretch that is left
// out, and, at the end, what broke or who waits for what.

import { plural } from '../../sim/count.js'
import type { HistoryEvent } from '../../sim/invariant.js'
import type { Outcome, TraceStep } from '../../sim/outcome.js'
import { eventText, isEnvironment, isFault, locationText, operationText, positionText, survivalTexts } from './operation.js'
import { clean, width } from './text.js'
import { showValue } from './value.js'

export interface Row {
  readonly kind: 'step' | 'call' | 'note' | 'gap' | 'end'
  /** Number of the step, for rows of kind `step`. */
  readonly step: number | undefined
  /** Whether the step is marked: see {@link marks}. */
  readonly marked: boolean
  /** Lane of the actor; -1 for the environment's. */
  readonly lane: number
  readonly text: string
  /** `pool.ts:41`, or who did it for a step of the environment. */
  readonly position: string
  /** What `describe` shows otherwise than before: `head 3 → 4`. */
  readonly changes: readonly string[]
  readonly tone: 'plain' | 'dim' | 'bad' | 'good' | 'accent'
}

/** The steps that stand out, by number: those that a failure cannot do without, where that was tried; else those before which somebody was preempted. */
export function marks(outcome: Outcome): ReadonlySet<number> {
  const { trace, shrunk } = outcome
  const steps = showsNecessary(outcome) ? shrunk?.necessary : trace.filter(({ preemption }) => preemption).map(({ step }) => step)
  return new Set(steps)
}

/** One that could not be made small in time may have more preemptions than were tried: those that were not would look unnecessary. */
export function showsNecessary({ shrunk }: Outcome): boolean {
  return shrunk?.complete === true
}

/** The rows for the steps at `shown` (ascending indices into the trace), with what lies between them summed up. */
export function laneRows(outcome: Outcome, shown: readonly number[]): Row[] {
  const { trace } = outcome
  const events = eventsByStep(outcome)
  const calls = new Calls()
  const marked = marks(outcome)
  const rows: Row[] = notes(events.get(0) ?? [], outcome, 0, calls)
  let before = -1
  for (const [at, index] of shown.entries()) {
    if (index > before + 1) {
      rows.push(gap(trace, before, index))
      calls.forgetAll()
    }
    const step = trace[index] as TraceStep
    const reported = events.get(index + 1) ?? []
    const fault = isEnvironment(step) ? reported.find(isFault) : undefined
    if (fault === undefined) {
      const next = isEnvironment(step) ? undefined : nextInLane(trace, shown, at)
      rows.push(...stepRows(step, marked, stateChanges(trace, index - 1, index), calls, next))
      rows.push(...notes(reported, outcome, step.lane, calls))
    } else {
      rows.push(faultRow(step, marked, fault, outcome, stateChanges(trace, index - 1, index)))
      for (const text of survivalTexts(fault)) rows.push(note('note', step.lane, `  · ${text}`, 'dim'))
      rows.push(
        ...notes(
          reported.filter((event) => event !== fault),
          outcome,
          step.lane,
          calls,
        ),
      )
    }
    before = index
  }
  if (before < trace.length - 1) rows.push(gap(trace, before, trace.length))
  rows.push(...endRows(outcome))
  return rows
}

/** The calls that each lane is in, as far as the rows so far have shown them. */
class Calls {
  /** By lane: keys of the frames that are open, and how many of them each row that announced a call stands for. */
  readonly #lanes = new Map<number, { keys: string[]; ends: number[]; announced: string | undefined }>()

  of(lane: number): { keys: string[]; ends: number[]; announced: string | undefined } {
    let calls = this.#lanes.get(lane)
    if (calls === undefined) {
      calls = { keys: [], ends: [], announced: undefined }
      this.#lanes.set(lane, calls)
    }
    return calls
  }

  /** The peer reported that it calls `operation`: the row of that report stands for the frame of the same name. */
  announce(lane: number, operation: string): void {
    this.#lanes.set(lane, { keys: [], ends: [], announced: operation })
  }

  forget(lane: number): void {
    this.#lanes.delete(lane)
  }

  /** Something was left out: which calls are open is said again. */
  forgetAll(): void {
    this.#lanes.clear()
  }
}

function stepRows(step: TraceStep, marked: ReadonlySet<number>, changes: readonly string[], calls: Calls, next: TraceStep | undefined): Row[] {
  const common = { marked: marked.has(step.step), lane: step.lane, tone: 'plain' as const }
  if (isEnvironment(step)) {
    const text = `${clean(step.actor)}: ${operationText(step)}`
    return [{ ...common, kind: 'step', step: step.step, text, position: positionText(step.position), changes, tone: 'accent' }]
  }
  const lane = calls.of(step.lane)
  const frames = framesOf(step)
  const keys = frames.map((frame) => frame.key)
  const kept = commonPrefix(lane.keys, keys)
  const ends = lane.ends.map((end) => Math.min(end, kept)).filter((end, index, all) => end > (all[index - 1] ?? 0))
  const names = frames.slice(kept).map((frame) => frame.name)
  if (lane.announced !== undefined && names.length > 0 && lastWord(names[0] as string) === lastWord(lane.announced)) names.shift()
  const heading = pathText(names)
  const operation = operationText(step)
  const row = { ...common, kind: 'step' as const, step: step.step, position: positionText(step.position), changes }
  const rows: Row[] = []
  const leavesAtOnce =
    next === undefined ||
    commonPrefix(
      keys,
      framesOf(next).map((frame) => frame.key),
    ) <= kept
  const inline = `${heading}${CALLS}${operation}`
  if (heading !== '' && leavesAtOnce && width(inline) <= INLINE_MAX) {
    rows.push({ ...row, text: indent(ends.length, inline) })
    lane.keys = keys.slice(0, kept)
    lane.ends = ends
  } else {
    if (heading !== '') rows.push({ ...common, kind: 'call', step: undefined, marked: false, text: indent(ends.length, heading), position: '', changes: [] })
    if (keys.length > kept) ends.push(keys.length)
    rows.push({ ...row, text: indent(ends.length, operation) })
    lane.keys = keys
    lane.ends = ends
  }
  lane.announced = undefined
  return rows
}

/** `SlotUser.allocate() › Pool.allocate() › pop()`: a class is named where it is another than before. */
function pathText(names: readonly string[]): string {
  return names
    .map(
      (name, index) =>
        `${index > 0 && classOf(name) !== '' && classOf(name) === classOf(names[index - 1] as string) ? name.slice(classOf(name).length + 1) : name}()`,
    )
    .join(CALLS)
}

function classOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

/** Outermost first, without the peer function itself and without functions that have no name. */
function framesOf(step: TraceStep): { name: string; key: string }[] {
  const frames: { name: string; key: string }[] = []
  for (let index = step.stack.length - 2; index >= 0; index--) {
    const { name } = step.stack[index] as TraceStep['stack'][number]
    if (name === '' || name.includes('anonymous')) continue
    // Two calls of one function differ in the place they are called from, which is where the frame around them stands.
    const caller = (step.stack[index + 1] as TraceStep['stack'][number]).position
    frames.push({ name: clean(name), key: `${name} ${caller.file}:${caller.line}:${caller.column}` })
  }
  return frames
}

function nextInLane(trace: readonly TraceStep[], shown: readonly number[], at: number): TraceStep | undefined {
  const lane = (trace[shown[at] as number] as TraceStep).lane
  for (let index = at + 1; index < shown.length; index++) {
    const step = trace[shown[index] as number] as TraceStep
    if (step.lane === lane) return step
  }
  return undefined
}

function faultRow(step: TraceStep, marked: ReadonlySet<number>, fault: HistoryEvent, outcome: Outcome, changes: readonly string[]): Row {
  const lane = laneOf(fault, outcome, step.lane)
  const text = lane === fault.peer || fault.kind === 'power failure' ? `✗ ${eventText(fault)}` : `✗ ${clean(fault.name)} ${fault.peer} ${eventText(fault)}`
  return {
    kind: 'step',
    step: step.step,
    marked: marked.has(step.step),
    lane,
    text,
    position: clean(step.actor),
    changes,
    tone: fault.kind === 'restart' ? 'accent' : 'bad',
  }
}

/** What peers reported; short reports of one peer that follow each other share a row. */
function notes(events: readonly HistoryEvent[], outcome: Outcome, lane: number, calls: Calls): Row[] {
  const rows: Row[] = []
  for (const event of events) {
    const at = laneOf(event, outcome, lane)
    const before = rows[rows.length - 1]
    if (event.kind === 'invoke') {
      rows.push(note('call', at, eventText(event), 'plain'))
      calls.announce(at, event.name)
    } else if (isFault(event)) {
      rows.push(note('note', at, `✗ ${eventText(event)}`, 'bad'))
      calls.forget(at)
    } else {
      const text = eventText(event)
      const joined = before?.kind === 'note' && before.lane === at && before.tone === 'dim' ? `${before.text} · ${text}` : undefined
      if (joined !== undefined && width(joined) <= INLINE_MAX) rows[rows.length - 1] = note('note', at, joined, 'dim')
      else rows.push(note('note', at, `  · ${text}`, 'dim'))
    }
  }
  return rows
}

function note(kind: 'call' | 'note', lane: number, text: string, tone: Row['tone']): Row {
  return { kind, step: undefined, marked: false, lane, text, position: '', changes: [], tone }
}

/** What is left out between the steps at `before` and `after`, both exclusive. */
function gap(trace: readonly TraceStep[], before: number, after: number): Row {
  let switches = 0
  for (let index = before + 1; index < after; index++) {
    if ((trace[index] as TraceStep).lane !== trace[index - 1]?.lane && index > 0) switches++
  }
  const text = switches === 0 ? plural(after - before - 1, 'step') : `${plural(after - before - 1, 'step')}, ${plural(switches, 'switch', 'switches')}`
  return { kind: 'gap', step: undefined, marked: false, lane: -1, text, position: '', changes: stateChanges(trace, before, after - 1), tone: 'dim' }
}

function endRows(outcome: Outcome): Row[] {
  const { failure, trace } = outcome
  if (failure === undefined) return []
  if (failure.verdict === 'deadlock') return waiting(trace)
  const last = trace[trace.length - 1]
  const end = (lane: number, text: string): Row => ({ kind: 'end', step: undefined, marked: false, lane, text, position: '', changes: [], tone: 'bad' })
  return [end(last?.lane ?? -1, `✗ ${clean(failure.name)}`)]
}

/** For each lane whose last step is a wait that nothing ended: what it waits for. */
function waiting(trace: readonly TraceStep[]): Row[] {
  const last = new Map<number, TraceStep>()
  for (const step of trace) last.set(step.lane, step)
  const rows: Row[] = []
  for (const step of [...last.values()].sort((a, b) => a.lane - b.lane)) {
    if (isEnvironment(step) || !step.operation.startsWith('wait') || step.result !== '') continue
    const text = `✗ waits for ${locationText(step.location)} since step ${step.step}`
    rows.push({ kind: 'end', step: undefined, marked: false, lane: step.lane, text, position: positionText(step.position), changes: [], tone: 'bad' })
  }
  return rows
}

/** What differs between the states after the steps at two indices; everything where there is no state before. */
function stateChanges(trace: readonly TraceStep[], before: number, after: number): string[] {
  const now = trace[after]?.state
  if (now === undefined) return []
  const then = trace[before]?.state
  const changes: string[] = []
  for (const [key, value] of Object.entries(now)) {
    const text = showValue(value, STATE_MAX)
    const was = then !== undefined && key in then ? showValue(then[key], STATE_MAX) : undefined
    if (was !== text) changes.push(was === undefined ? `${clean(key)} ${text}` : `${clean(key)} ${was} → ${text}`)
  }
  return changes
}

/**
 * Every event under the number of the step after which it is shown; 0 before the first. The trace has those that follow a step of
 * their peer; the history also has those from before a peer's first step.
 */
function eventsByStep(outcome: Outcome): Map<number, HistoryEvent[]> {
  const byStep = new Map<number, HistoryEvent[]>()
  const inTrace = new Map<string, number>()
  const put = (step: number, event: HistoryEvent) => {
    const events = byStep.get(step)
    if (events === undefined) byStep.set(step, [event])
    else events.push(event)
  }
  for (const [index, step] of outcome.trace.entries()) {
    for (const event of step.events) {
      put(index + 1, event)
      inTrace.set(identity(event), (inTrace.get(identity(event)) ?? 0) + 1)
    }
  }
  for (const event of outcome.history) {
    const left = inTrace.get(identity(event)) ?? 0
    if (left > 0) inTrace.set(identity(event), left - 1)
    else put(Math.min(event.step, outcome.trace.length), event)
  }
  return byStep
}

function identity(event: HistoryEvent): string {
  return `${event.kind} ${event.peer} ${event.incarnation} ${event.step} ${event.name}`
}

function laneOf(event: HistoryEvent, outcome: Outcome, otherwise: number): number {
  return event.peer >= 0 && event.peer < outcome.lanes.length ? event.peer : otherwise
}

function commonPrefix(a: readonly string[], b: readonly string[]): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}

/** `Pool.#pop` → `pop`. */
function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replace(/^#/, '')
}

function indent(depth: number, text: string): string {
  return '  '.repeat(Math.min(depth, DEPTH_MAX)) + text
}

/** Between a call and what it calls. */
export const CALLS = ' › '
/** Columns within which a call and its only operation, or several reports, share a row. */
const INLINE_MAX = 40
const DEPTH_MAX = 4
/** Columns of one value of the state. */
const STATE_MAX = 28
