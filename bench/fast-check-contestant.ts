// fast-check's `scheduler` on the same work, as its users write it: peers are async functions that await a scheduled promise before
// each operation on shared state, and the scheduler resolves those in random order.

import fc from 'fast-check'
import { type Contestant, mustBeRight, type WorkloadName } from './contestant.js'
import { wrongSum } from './workloads/fetch-add.js'
import { wrongCount } from './workloads/lock.js'
import { lostNodes, STACK_BYTES, TaggedStack } from './workloads/tagged-stack.js'

interface Workload<World> {
  readonly peers: number
  setup(): World
  peer(world: World, turn: () => Promise<void>): Promise<void>
  wrong(world: World): string | undefined
}

const SEED = 1
const NONE = -1

const lock: Workload<Int32Array> = {
  peers: 3,
  setup: () => new Int32Array(new SharedArrayBuffer(8)),
  async peer(words, turn) {
    for (let round = 0; round < 3; round++) {
      for (;;) {
        await turn()
        if (Atomics.compareExchange(words, 0, 0, 1) === 0) break
      }
      words[1] = (words[1] as number) + 1
      await turn()
      Atomics.store(words, 0, 0)
    }
  },
  wrong: wrongCount,
}

const taggedStack: Workload<{ readonly words: Int32Array }> = {
  peers: 3,
  setup: () => new TaggedStack(new SharedArrayBuffer(STACK_BYTES)),
  async peer({ words }, turn) {
    for (let round = 0; round < 2; round++) {
      const node = await pop(words, turn)
      if (node !== NONE) await push(words, node, turn)
    }
  },
  wrong: lostNodes,
}

async function pop(words: Int32Array, turn: () => Promise<void>): Promise<number> {
  for (;;) {
    await turn()
    const head = Atomics.load(words, 0)
    const node = (head << 16) >> 16
    if (node === NONE) return NONE
    await turn()
    const below = Atomics.load(words, 1 + node)
    await turn()
    if (Atomics.compareExchange(words, 0, head, (((head >>> 16) + 1) << 16) | (below & 0xffff)) === head) return node
  }
}

async function push(words: Int32Array, node: number, turn: () => Promise<void>): Promise<void> {
  for (;;) {
    await turn()
    const head = Atomics.load(words, 0)
    await turn()
    Atomics.store(words, 1 + node, (head << 16) >> 16)
    await turn()
    if (Atomics.compareExchange(words, 0, head, (((head >>> 16) + 1) << 16) | node) === head) return
  }
}

const fetchAdd: Workload<Int32Array> = {
  peers: 2,
  setup: () => new Int32Array(new SharedArrayBuffer(4)),
  async peer(words, turn) {
    for (let round = 0; round < 1000; round++) {
      await turn()
      Atomics.add(words, 0, 1)
    }
  },
  wrong: wrongSum,
}

export function fastCheckContestant(name: WorkloadName): Contestant {
  if (name === 'W1') return contestant(lock)
  if (name === 'W2') return contestant(taggedStack)
  return contestant(fetchAdd)
}

function contestant<World>({ peers, setup, peer, wrong }: Workload<World>): Contestant {
  return async (executions) => {
    let steps = 0
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const world = setup()
      const turn = (): Promise<void> => {
        steps++
        return scheduler.schedule(Promise.resolve())
      }
      await scheduler.waitFor(Promise.all(Array.from({ length: peers }, () => peer(world, turn))))
      mustBeRight(wrong(world))
    })
    await fc.assert(property, { numRuns: executions, seed: SEED })
    return steps
  }
}
