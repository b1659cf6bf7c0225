// The ceiling: the same workloads stepped by hand, without a simulator. No instrumenter, seeds, hashes, counts of behaviours, faults,
// invariants between steps or limits: only what stepping itself costs in this engine. Each operation asks in line who goes on; if it is
// the same peer, it happens at once, else it is left pending and the generator yields. One trace word for each step, one buffer for all
// executions.

import { type Contestant, mustBeRight, type StrategyName, type WorkloadName } from './contestant.js'
import { wrongSum } from './workloads/fetch-add.js'
import { wrongCount } from './workloads/lock.js'
import { lostNodes } from './workloads/tagged-stack.js'

const SWITCH: unique symbol = Symbol('switch')
type Result = number | typeof SWITCH

const LOAD = 1
const STORE = 2
const COMPARE_EXCHANGE = 3
const ADD = 4

const NODES = 8
const WORDS = 64
const TRACE_STEPS = 1 << 20
/** Change points of PCT: its depth less one. */
const CHANGES = 2
const ATTEMPTS_MAX = 4
const PATIENT_ONE_IN = 16

class Peer {
  id = 0
  kind = 0
  index = 0
  first = 0
  second = 0
  body: Generator<unknown, void, number> | undefined = undefined
}

const words = new Int32Array(new SharedArrayBuffer(4 * WORDS))
const trace = new Int32Array(TRACE_STEPS)
let traceLength = 0

const peers = [new Peer(), new Peer(), new Peer()]
const running: Peer[] = []
let current = peers[0] as Peer
let next = current
let pick = pickRandom

let randomState = 12345
const priorities = [0, 0, 0]
let lowest = 0
/** Failed attempts in a row after which a peer that spins falls below the others, as with Heddle's PCT. */
let attemptsMax = 0
const changeAt = [0, 0]
let changesPassed = 0

function draw(bound: number): number {
  randomState ^= randomState << 13
  randomState ^= randomState >>> 17
  randomState ^= randomState << 5
  return ((randomState >>> 0) * bound * 2 ** -32) | 0
}

function pickRandom(): Peer {
  return running[draw(running.length)] as Peer
}

function pickPct(): Peer {
  while (changesPassed < CHANGES && traceLength >= (changeAt[changesPassed] as number)) {
    changesPassed++
    priorities[current.id] = -changesPassed
  }
  let best = running[0] as Peer
  for (let i = 1; i < running.length; i++) {
    const peer = running[i] as Peer
    if ((priorities[peer.id] as number) > (priorities[best.id] as number)) best = peer
  }
  return best
}

function record(kind: number, index: number, result: number): number {
  trace[traceLength++] = (current.id << 28) | (kind << 24) | index
  return result
}

function suspend(kind: number, index: number, first: number, second: number): typeof SWITCH {
  current.kind = kind
  current.index = index
  current.first = first
  current.second = second
  return SWITCH
}

function load(index: number): Result {
  next = pick()
  return next === current ? record(LOAD, index, Atomics.load(words, index)) : suspend(LOAD, index, 0, 0)
}

function store(index: number, value: number): Result {
  next = pick()
  return next === current ? record(STORE, index, Atomics.store(words, index, value)) : suspend(STORE, index, value, 0)
}

function compareExchange(index: number, expected: number, value: number): Result {
  next = pick()
  return next === current
    ? record(COMPARE_EXCHANGE, index, Atomics.compareExchange(words, index, expected, value))
    : suspend(COMPARE_EXCHANGE, index, expected, value)
}

function add(index: number, value: number): Result {
  next = pick()
  return next === current ? record(ADD, index, Atomics.add(words, index, value)) : suspend(ADD, index, value, 0)
}

function perform(peer: Peer): number {
  const { index, first } = peer
  switch (peer.kind) {
    case LOAD:
      return record(LOAD, index, Atomics.load(words, index))
    case STORE:
      return record(STORE, index, Atomics.store(words, index, first))
    case COMPARE_EXCHANGE:
      return record(COMPARE_EXCHANGE, index, Atomics.compareExchange(words, index, first, peer.second))
    case ADD:
      return record(ADD, index, Atomics.add(words, index, first))
    default:
      throw new Error(`bench: no operation ${peer.kind}`)
  }
}

type Body = Generator<unknown, void, number>

function* lockThrice(): Body {
  let r: Result
  for (let round = 0; round < 3; round++) {
    let attempts = 0
    while (((r = compareExchange(0, 0, 1)) === SWITCH ? yield : r) !== 0) {
      if (++attempts < attemptsMax) continue
      priorities[current.id] = --lowest
      attempts = 0
    }
    words[1] = (words[1] as number) + 1
    if (store(0, 0) === SWITCH) yield
  }
}

function* popPushTwice(): Body {
  for (let round = 0; round < 2; round++) {
    const node = yield* pop()
    if (node >= 0) yield* push(node)
  }
}

function* pop(): Generator<unknown, number, number> {
  let r: Result
  for (;;) {
    const head = (r = load(0)) === SWITCH ? yield : r
    const node = (head << 16) >> 16
    if (node < 0) return -1
    const below = (r = load(1 + node)) === SWITCH ? yield : r
    if (((r = compareExchange(0, head, (((head >>> 16) + 1) << 16) | (below & 0xffff))) === SWITCH ? yield : r) === head) return node
  }
}

function* push(node: number): Body {
  let r: Result
  for (;;) {
    const head = (r = load(0)) === SWITCH ? yield : r
    if (store(1 + node, (head << 16) >> 16) === SWITCH) yield
    if (((r = compareExchange(0, head, (((head >>> 16) + 1) << 16) | node)) === SWITCH ? yield : r) === head) return
  }
}

function* addThousand(): Body {
  for (let round = 0; round < 1000; round++) if (add(0, 1) === SWITCH) yield
}

function clear(): void {
  words.fill(0)
}

function fillStack(): void {
  words.fill(0)
  for (let node = 0; node < NODES; node++) words[1 + node] = node + 1 < NODES ? node + 1 : -1
}

/** One execution; returns its steps. */
function execute(peerCount: number, setup: () => void, code: () => Body, wrong: () => string | undefined, isPct: boolean, lengthEstimate: number): number {
  setup()
  traceLength = 0
  running.length = peerCount
  for (let id = 0; id < peerCount; id++) {
    const peer = peers[id] as Peer
    peer.id = id
    peer.kind = 0
    peer.body = code()
    running[id] = peer
  }
  if (isPct) beginPct(peerCount, lengthEstimate)
  pick = isPct ? pickPct : pickRandom
  current = pick()
  for (;;) {
    const body = current.body as Body
    const answer = current.kind === 0 ? body.next() : body.next(perform(current))
    if (!answer.done) {
      current = next
      continue
    }
    running.splice(running.indexOf(current), 1)
    if (running.length === 0) break
    current = pick()
  }
  mustBeRight(wrong())
  return traceLength
}

function beginPct(peerCount: number, lengthEstimate: number): void {
  lowest = -CHANGES
  attemptsMax = draw(PATIENT_ONE_IN) === 0 ? 1 + Math.max(ATTEMPTS_MAX, lengthEstimate) : ATTEMPTS_MAX
  changesPassed = 0
  for (let id = 0; id < peerCount; id++) priorities[id] = 1 + draw(1 << 30)
  const [first, second] = [1 + draw(lengthEstimate), 1 + draw(lengthEstimate)]
  changeAt[0] = Math.min(first, second)
  changeAt[1] = Math.max(first, second)
}

export function ceilingContestant(name: WorkloadName, strategy: StrategyName, lengthEstimate: number): Contestant {
  const isPct = strategy === 'pct'
  return (executions) => {
    let steps = 0
    for (let i = 0; i < executions; i++) {
      if (name === 'W1') steps += execute(3, clear, lockThrice, () => wrongCount(words), isPct, lengthEstimate)
      else if (name === 'W2') steps += execute(3, fillStack, popPushTwice, () => lostNodes({ words }), isPct, lengthEstimate)
      else steps += execute(2, clear, addThousand, () => wrongSum(words), isPct, lengthEstimate)
    }
    return steps
  }
}
