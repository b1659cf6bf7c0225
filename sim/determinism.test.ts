// The same everywhere: in other processes, after other files, after other scenarios, after many executions.

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { execution } from './execution.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, execute, loadSubject, scenarioFile, subjectFrom, temporaryFolder } from './subjects.test.support.js'

const run = promisify(execFile)
const built = (name: string) => JSON.stringify(new URL(`./${name}`, import.meta.url).href)

const ONE = `
export default scenario('one', {
  peers: { worker: 2, reader: 1 },
  setup: () => ({ words: new Int32Array(new SharedArrayBuffer(64)), longs: new BigInt64Array(new SharedArrayBuffer(64)) }),
  peer: {
    worker({ words, longs }, me) {
      const n = Atomics.load(words, 0)
      Atomics.store(words, 0, n + 1 + me.random(5))
      Atomics.add(longs, 1, BigInt(Math.floor(Math.random() * 1e9)))
      me.sleep(Math.random() * 10)
      Atomics.wait(words, 3, 0, 20)
      setTimeout(() => Atomics.add(words, 5, 1), 3)
    },
    async reader({ words }) { await null; Atomics.notify(words, 3); Atomics.store(words, 9, Date.now() | 0) },
  },
  recover({ words }, dead) { Atomics.or(words, 7, 1 << dead.id) },
  faults: { crashes: 1, restarts: 1, falseDeaths: 1 },
  invariants: [{ name: 'sum', atEnd: ({ words }) => words[0] < 9 ? undefined : 'sum ' + words[0] }],
})`
const OTHER = `export default [1, 2, 3].map((n) => scenario('other ' + n, { peers: n, setup: () => new Int32Array(new SharedArrayBuffer(64)), peer(words) { for (let i = 0; i < n; i++) Atomics.add(words, i, 1) } }))`

test.serial('determinism: trace, choices and findings are the same in every process, whatever was loaded or run before', async (t) => {
  const folder = temporaryFolder()
  const one = scenarioFile(ONE, folder, 'one.scenario.ts')
  const other = scenarioFile(OTHER, folder, 'other.scenario.ts')
  const script = join(folder, 'run.mjs')
  writeFileSync(
    script,
    `const { discover } = await import(${built('discover.js')})
     const { campaign } = await import(${built('campaign.js')})
     const { recordingToken } = await import(${built('recording.js')})
     const [order, warm] = process.argv.slice(2)
     const files = order === 'first' ? [${JSON.stringify(one)}, ${JSON.stringify(other)}] : [${JSON.stringify(other)}, ${JSON.stringify(one)}]
     const subjects = await discover(files)
     if (warm === 'warm') for (const subject of subjects) await campaign(subject, { seed: 'abc', strategy: 'pct', runs: 500, keepGoing: true })
     const results = []
     for (const strategy of ['random', 'pct']) {
       const { failure, steps, distinct, executions, status, remarks } = await campaign(subjects.find((one) => one.scenario.name === 'one'), { seed: '7', strategy, runs: 300, keepGoing: true })
       results.push({ status, remarks, steps, distinct, executions, hash: failure?.traceHash, token: failure && recordingToken(failure.recording) })
     }
     console.log(JSON.stringify(results))`,
  )
  const outputs = await Promise.all(
    [['first'], ['last'], ['first', 'warm'], ['last', 'warm']].map(async (args) => (await run(process.execPath, [script, ...args])).stdout),
  )
  t.regex(outputs[0] as string, /"status":"failed".*"token":"heddle2\./)
  for (const output of outputs) t.is(output, outputs[0])
})

test.serial('determinism: an execution does not depend on the one before it', async (t) => {
  const subject = await subjectFrom(ONE)
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    const hashes = new Map<number, string>()
    loadSubject(subject)
    for (const seed of [1, 2, 3, 4, 5, 3, 1, 5, 5, 2, 4]) {
      await execute(seed, strategy)
      const hash = execution.trace.hash()
      t.is(hashes.get(seed) ?? hash, hash, `seed ${seed}`)
      hashes.set(seed, hash)
    }
    t.is(new Set(hashes.values()).size, 5)
  }
})

test.serial('memory: executions leave nothing behind', async (t) => {
  const folder = temporaryFolder()
  const file = scenarioFile(ONE.replace(/invariants: \[.*\],\n/, ''), folder)
  const script = join(folder, 'run.mjs')
  writeFileSync(
    script,
    `const { discover } = await import(${built('discover.js')})
     const { campaign } = await import(${built('campaign.js')})
     const [subject] = await discover([${JSON.stringify(file)}])
     const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed + process.memoryUsage().external }
     const runs = async (runs) => { const { status, remarks } = await campaign(subject, { seed: '7', strategy: 'random', runs }); if (status !== 'passed') throw new Error(status + remarks) }
     await runs(3000)
     const before = heap()
     await runs(20000)
     console.log(heap() - before)`,
  )
  const grown = Number((await run(process.execPath, ['--expose-gc', script])).stdout)
  // Anything that is kept for each of 20,000 executions would be 20,000 objects of at least 16 bytes.
  t.true(grown < 300_000, `${grown} bytes more`)
})

test.serial('campaign: figures count what was run', async (t) => {
  const subject = await subjectFrom(
    `export default scenario('two orders', { peers: 2, setup: () => new Int32Array(new SharedArrayBuffer(4)), peer(words) { Atomics.add(words, 0, 1) } })`,
  )
  const result = await campaignOf(subject, { runs: 100 })
  t.is(result.executions, 100)
  t.is(result.steps, 200)
  t.is(result.distinct, 2)
  t.is(result.unknown, 0)
})

test.serial('determinism: shared memory is zero at the start of every execution', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('clean', {
      peers: 2,
      setup: () => [8, 64, 8, 1 << 16, 2 << 20].map((bytes) => new Uint8Array(new SharedArrayBuffer(bytes))),
      peer(arrays) { for (const array of arrays) { Atomics.add(array, 0, 1); array.fill(9) } },
      invariants: [{ name: 'once', begin(arrays) { if (arrays.some((array) => array.some((byte) => byte !== 0))) throw new Error('dirty') } }],
    })`)
  loadSubject(subject)
  for (const seed of [1, 2, 3]) await t.notThrowsAsync(() => execute(seed, new RandomWalk()))
})
