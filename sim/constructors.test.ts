// Constructors that peers run: others run between two operations of one, and a crash strikes there.

import test from 'ava'
import { execution } from './execution.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, executeMany, subjectFrom } from './subjects.test.support.js'

const STORE = `
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs'
class Store {
  #fd
  stage = 0
  constructor(directory, stages) {
    stages.push('begun')
    this.#fd = openSync(directory + '/new', 'w')
    stages.push('opened')
    try {
      writeSync(this.#fd, 'header')
      stages.push('written')
      closeSync(this.#fd)
    } finally {
      stages.push('closed')
    }
    renameSync(directory + '/new', directory + '/log')
    stages.push('renamed')
  }
}
`

test.serial('constructors: a crash strikes between any two operations, and nothing of the dead runs on', async (t) => {
  const subject = await subjectFrom(`${STORE}
    import { scenario } from 'heddle'
    export default scenario('dies while it makes a store', {
      peers: 1,
      setup: () => ({ stages: [], made: [] }),
      peer({ stages, made }) { made.push(new Store('/tmp', stages)) },
      faults: { crashes: 1 },
      invariants: [{
        name: 'what was done is the beginning of all there is to do',
        atEnd({ stages, made }, history) {
          const died = history.some((event) => event.kind === 'crash')
          const all = ['begun', 'opened', 'written', 'closed', 'renamed']
          if (stages.join() !== all.slice(0, stages.length).join()) return stages.join()
          if (existsSync('/tmp/log') !== (stages.length === all.length)) return 'renamed without saying so'
          if (!died && made.length === 0) return 'not made'
          if (made.length > 0 && stages.length < all.length) return 'made in part'
        },
      }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const result = await campaignOf(subject, { strategy, runs: 1000 })
    t.is(result.status, 'passed', result.remarks.join() || result.failure?.failure?.message)
    t.deepEqual(result.insideOneStep, [])
  }
  const stages = new Set<number>()
  // Five places, each with a probability above 1/20: one is missed in 1,000 with a probability below 5 · (19/20)^1000 = 3e-22.
  await executeMany(subject, new RandomWalk(), 1000, () => stages.add((execution.world as { stages: string[] }).stages.length), { lengthEstimate: 5 })
  t.deepEqual([...stages].sort(), [1, 2, 3, 4, 5])
})

test.serial('constructors: two peers interleave inside them', async (t) => {
  const subject = await subjectFrom(`
    class Slot {
      constructor(words) {
        this.index = Atomics.load(words, 0)
        Atomics.store(words, 0, this.index + 1)
      }
    }
    function Ticket(words) { this.slot = new Slot(words) }
    export default scenario('takes without looking again', {
      peers: 2,
      setup: () => new Int32Array(new SharedArrayBuffer(4)),
      peer(words, me) { me.event('took', new Ticket(words).slot.index) },
      invariants: [{
        name: 'each slot once',
        atEnd: (_, history) => (new Set(history.map(({ data }) => data)).size < 2 ? 'both took slot 0' : undefined),
      }],
    })`)
  for (const strategy of ['random', 'pct'] as const) {
    const { status, failure } = await campaignOf(subject, { strategy, runs: 300 })
    t.is(status, 'failed')
    t.is(failure?.failure?.message, 'both took slot 0')
    const frames = failure?.trace.filter((step) => step.lane >= 0).map((step) => step.stack?.map(({ name, position }) => `${name}:${position.line}`))
    t.deepEqual(new Set(frames?.map((names) => names?.slice(0, 2).join())), new Set(['new Slot:5,new Ticket:9', 'new Slot:6,new Ticket:9']))
  }
})
