// Hand-made outcomes for the tests of the reports: what an engine could have found, written down short.

import type { HistoryEvent } from '../../sim/invariant.js'
import type { ExecutionStatistics, Failure, Outcome, Shrunk, TraceStep, Verdict } from '../../sim/outcome.js'
import type { Recording } from '../../sim/recording.js'

export interface StepNotes {
  /** Outermost first: `['pop', '#swap']`; the line is where the call stands in the function around it. */
  readonly calls?: readonly (string | readonly [name: string, calledAtLine: number])[]
  readonly events?: readonly Partial<HistoryEvent>[]
  readonly state?: Readonly<Record<string, unknown>>
  readonly preemption?: boolean
  readonly lane?: number
}

/** Builds an outcome step by step. */
export class OutcomeBuilder {
  readonly trace: TraceStep[] = []
  readonly history: HistoryEvent[] = []
  readonly #lanes: readonly string[]
  readonly #file: string

  constructor(lanes: readonly string[], file = 'primitives/pool.ts') {
    this.#lanes = lanes
    this.#file = file
  }

  /** `text` is `operation|location|operands|result`. */
  step(actor: string, line: number, text: string, notes: StepNotes = {}): this {
    const [operation = '', location = '', operands = '', result = ''] = text.split('|')
    const lane = notes.lane ?? this.#lanes.indexOf(actor)
    const before = this.trace[this.trace.length - 1]
    const step = this.trace.length + 1
    const events = (notes.events ?? []).map((event) => this.#event(event, lane, step))
    const position = { file: this.#file, line, column: 5 }
    const calls = (notes.calls ?? []).map((call) => (typeof call === 'string' ? ([call, 1] as const) : call))
    const stack: { name: string; position: typeof position }[] = []
    for (const [index, [name]] of calls.entries()) stack.unshift({ name, position: { ...position, line: calls[index + 1]?.[1] ?? line } })
    stack.push({ name: 'peer', position: { ...position, line: calls[0]?.[1] ?? line } })
    this.trace.push({
      step,
      actor,
      lane,
      operation,
      location,
      cell: location === '' ? undefined : location,
      operands,
      result,
      position: lane < 0 ? undefined : position,
      stack: lane < 0 ? [] : stack,
      preemption: notes.preemption ?? (before !== undefined && before.lane !== lane && lane >= 0 && before.lane >= 0 && before.operation !== 'wait'),
      events,
      state: notes.state ?? before?.state,
    })
    this.history.push(...events)
    return this
  }

  /** Something a peer reports before its first step. */
  event(event: Partial<HistoryEvent>): this {
    this.history.push(this.#event(event, event.peer ?? 0, this.trace.length))
    return this
  }

  #event(event: Partial<HistoryEvent>, lane: number, step: number): HistoryEvent {
    return { kind: 'event', name: '', peer: lane, incarnation: 0, step, data: undefined, ...event }
  }

  end(scenario: string, failure: Partial<Failure> | undefined, file = 'scenarios/pool.scenario.ts'): Outcome {
    const verdict: Verdict = failure === undefined ? 'passed' : (failure.verdict ?? 'violated')
    const { trace } = this
    const switches = trace.filter((step, index) => index > 0 && step.lane !== trace[index - 1]?.lane).length
    return {
      verdict,
      scenario,
      file,
      seed: '9f21c4',
      failure:
        failure === undefined
          ? undefined
          : { verdict: verdict as Failure['verdict'], name: verdict, message: '', step: trace.length, stack: undefined, ...failure },
      recording: { format: 2, scenario } as unknown as Recording,
      trace,
      history: this.history,
      traceHash: '0123456789abcdef',
      lanes: this.#lanes,
      skewedClocks: [],
      statistics: {
        steps: trace.length,
        switches,
        preemptions: trace.filter((step) => step.preemption).length,
        crashes: this.history.filter((event) => event.kind === 'crash').length,
        powerFailures: this.history.filter((event) => event.kind === 'power failure').length,
        peers: this.#lanes.length,
      },
    }
  }
}

/** The same outcome as if it had been made from a larger one; without `necessary`, nothing stands out. */
export function shrunkFrom(outcome: Outcome, from: Partial<ExecutionStatistics>, more: Partial<Shrunk> = {}): Outcome {
  return { ...outcome, shrunk: { from: { ...outcome.statistics, ...from }, executions: 415, necessary: [], complete: true, ...more } }
}

/** A log whose last entry is lost with the power, `parts` of it. */
export function lostEntry(parts = 2): Outcome {
  const lost = Array.from({ length: parts - 1 }, (_, sector) => `sector ${sector}: as last synced`)
  const survived = [{ path: '/data/log', what: ['size 512 (0 when last synced, then 512)', ...lost].join('; ') }]
  return new OutcomeBuilder(['writer'], 'store.ts')
    .step('writer', 21, 'open|/data/log|append, create|20', { calls: [['append', 12] as const] })
    .step('writer', 22, 'write|/data/log|512 bytes|256', { events: [{ kind: 'disk error', name: 'short', data: { operation: 'write', path: '/data/log' } }] })
    .step('writer', 23, 'fsync|/data/log||EIO', { events: [{ kind: 'disk error', name: 'EIO', data: { operation: 'fsync', path: '/data/log' } }] })
    .step('power', 0, 'power failure', { lane: -1, events: [{ kind: 'power failure', name: 'power', peer: 27, data: survived }] })
    .step('writer', 30, 'open|/data/log|read|ENOENT')
    .end('log', { name: 'peer threw', message: "writer threw Error: ENOENT: no such file or directory, open '/data/log'" })
}

/** Two peers take a lock that one of them reads before it writes. */
export function brokenLock(): Outcome {
  const acquire = { calls: [['acquire', 12] as const] }
  const critical = 'critical section'
  return new OutcomeBuilder(['guest 0', 'guest 1'], 'primitives/spin-lock.ts')
    .step('guest 0', 21, 'load|this.words[0]||0', { ...acquire, state: { holder: 0 } })
    .step('guest 1', 21, 'load|this.words[0]||0', acquire)
    .step('guest 1', 22, 'store|this.words[0]|1', { ...acquire, state: { holder: 1 }, events: [{ kind: 'enter', name: critical }] })
    .step('guest 0', 22, 'store|this.words[0]|1', { ...acquire, events: [{ kind: 'enter', name: critical }] })
    .end(
      'spin lock without compare-and-swap',
      { name: 'mutual-exclusion', message: 'guest 0 and guest 1 are both in critical section' },
      'scenarios/spin-lock.scenario.ts',
    )
}

/** The failure of DESIGN: a crash, then a free races the reclamation. */
export function doubleFree(): Outcome {
  const free = (line: number, more: StepNotes = {}): [number, StepNotes] => [line, { calls: ['free'], ...more }]
  const reclaim = (line: number, more: StepNotes = {}): [number, StepNotes] => [
    line,
    { calls: [['reclaimPeerSlots', 40] as const, ['#unlink', 160] as const], ...more },
  ]
  const b = new OutcomeBuilder(['receiver', 'host'], 'primitives/varslot-pool.ts').event({ kind: 'invoke', name: 'free', data: [3, 1], peer: 0 })
  const s = (actor: string, [line, notes]: [number, StepNotes], text: string) => b.step(actor, line, text, notes)
  s('receiver', free(142, { state: { 'free list': [1, 2], 'slot 3': 'allocated' } }), 'load|this.meta[3].state||allocated')
  s('receiver', free(143), 'compareExchange|this.meta[3].state|allocated → free|allocated')
  b.step('crasher', 0, 'crash', { lane: -1, events: [{ kind: 'crash', name: 'receiver', peer: 0 }] })
  s('host', reclaim(171), 'load|this.meta[3].owner||2')
  s('host', reclaim(172), 'load|this.meta[3].state||free')
  s('host', reclaim(175, { state: { 'free list': [3, 1, 2], 'slot 3': 'free' } }), 'compareExchange|this.head|1 → 3|1')
  b.step('clock', 0, 'advance||+30 ms', { lane: -1 })
  s('host', reclaim(176, { state: { 'free list': [3, 3], 'slot 3': 'free' } }), 'store|this.meta[3].next|3')
  return b.end('varslot/free-races-reclaim', { name: 'no-double-free', message: 'slot 3 of class 0 is on the free list twice' })
}

/** Two peers wait for each other. */
export function deadlock(): Outcome {
  const take = (which: string, line: number): StepNotes => ({ calls: [[`Mutex.lock`, line] as const], state: { [which]: 'taken' } })
  return new OutcomeBuilder(['left', 'right'], 'primitives/mutex.ts')
    .step('left', 31, 'compareExchange|this.words[0]|0 → 1|0', take('a', 11))
    .step('right', 31, 'compareExchange|this.words[1]|0 → 1|0', take('b', 21))
    .step('right', 31, 'compareExchange|this.words[0]|0 → 1|1', take('b', 22))
    .step('right', 34, 'wait|this.words[0]|1|', take('b', 22))
    .step('left', 31, 'compareExchange|this.words[1]|0 → 1|1', take('b', 12))
    .step('left', 34, 'wait|this.words[1]|1|', take('b', 12))
    .end('two locks in two orders', {
      verdict: 'deadlock',
      name: 'deadlock',
      message: 'left waits at mutex.ts:34 and right waits at mutex.ts:34; nobody is left to wake them',
    })
}

/** A peer throws. */
export function threw(): Outcome {
  const stack = [
    'RangeError: slot 9 is out of range\u001b[31m',
    '    at Pool.pop (primitives/pool.ts:44:11)',
    '    at peer (scenarios/pool.scenario.ts:14:10)',
  ].join('\n')
  return new OutcomeBuilder(['peer 0', 'peer 1'])
    .step('peer 0', 41, 'load|this.#head||9n', { calls: ['Pool.pop'] })
    .step('peer 0', 44, 'add|this.#popped|1|0', {
      calls: ['Pool.pop'],
      events: [{ kind: 'throw', name: 'pop', data: new RangeError('slot 9 is out of range') }],
    })
    .end('pool', { name: 'peer threw', message: 'peer 0 threw RangeError: slot 9 is out of range', stack })
}

/** Five peers count. */
export function fivePeers(peers = 5, prefix = 'writer '): Outcome {
  const lanes = Array.from({ length: peers }, (_, index) => `${prefix}${index}`)
  const b = new OutcomeBuilder(lanes, 'primitives/counter.ts')
  for (let round = 0; round < 2; round++) {
    for (const [index, lane] of lanes.entries()) {
      const value = round * peers + index
      b.step(lane, 18, `load|this.counters[${index % 3}].value||${value}`, { calls: ['increment'] })
      b.step(lane, 19, `compareExchange|this.counters[${index % 3}].value|${value} → ${value + 1}|${index === 2 ? 99 : value}`, {
        calls: ['increment'],
        state: { count: value + 1 },
      })
    }
  }
  return b.end('counter', { name: 'no-lost-update', message: `the count is ${2 * peers - 1}, expected ${2 * peers}` })
}

/** Thousands of steps, with a few that matter. */
export function long(steps = 3000): Outcome {
  const b = new OutcomeBuilder(['producer', 'consumer'], 'primitives/ring.ts')
  for (let at = 1; at < steps; at++) {
    const consumer = (at * 7919) % 13 < 6
    if (at === 1500) b.step('crasher', 0, 'crash', { lane: -1, events: [{ kind: 'crash', name: 'consumer', peer: 1 }] })
    else if (at === 1502) b.step('restarter', 0, 'restart', { lane: -1, events: [{ kind: 'restart', name: 'consumer', peer: 1, incarnation: 1 }] })
    else if (consumer) b.step('consumer', 60, `load|this.tail||${at % 8}`, { calls: [['pop', at % 3]], state: { size: at % 5 } })
    else
      b.step('producer', 30 + (at % 4), `${at % 4 === 0 ? 'store' : 'load'}|this.slots[${at % 8}]|${at % 4 === 0 ? at : ''}|${at % 4 === 0 ? '' : at}`, {
        calls: ['push', ['#claim', at % 5]],
        state: { size: at % 5 },
      })
  }
  b.step('producer', 33, 'store|this.slots[5]|4711', { calls: ['push'], preemption: true })
  return b.end('ring', {
    name: 'fifo',
    message: 'item 4711 came before item 4710, which was put in before it by the same producer and never taken out again by anybody',
  })
}

/** Names and values as wide as they come. */
export function unicode(): Outcome {
  return new OutcomeBuilder(['生产者', 'потребитель'], 'primitives/очередь.ts')
    .step('生产者', 7, 'store|this.箱[0]|「値」', { calls: ['入れる'], state: { 箱: ['値', '👩‍👩‍👧‍👦'] } })
    .step('потребитель', 12, 'load|this.箱[0]||「値」', { calls: ['взять'], events: [{ name: 'взял', data: { что: '値\n二行' } }] })
    .step('生产者', 8, 'step|終わり', { events: [{ kind: 'leave', name: '工場' }] })
    .end('生产者与消费者', { name: 'нет-потерь', message: '値が失われた: 👩‍👩‍👧‍👦 \u202e' })
}
