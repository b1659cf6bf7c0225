import test from 'ava'
import type { DiscoveredScenario } from '../discover.js'
import { execution } from '../execution.js'
import type { Schedule } from '../shrink/schedule.js'
import { actorsOfTrace, execute, loadSubject, outcomeOf, STRATEGIES, subjectFrom } from '../subjects.test.support.js'
import { counters, faulty, neverReleased, restarting, spinLock, Watched } from './laws.test.support.js'
import { Replay } from './replay.js'
import { TolerantReplay } from './tolerant-replay.js'

/** Files, power failures also after the end, errors of the disk. */
const ON_DISK = `
  import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
  export default scenario('on disk', {
    peers: 2,
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)) }),
    peer({ words }, me) {
      try {
        const fd = openSync('/log' + me.id, 'a')
        writeSync(fd, 'x'.repeat(600 + me.random(3) * 600))
        Atomics.add(words, 0, 1)
        fsyncSync(fd)
        closeSync(fd)
      } catch {}
    },
    faults: { powerFailures: 2, diskErrors: 1 },
    invariants: [],
  })`

/** Clocks that are ahead, deadlines, sleeps. */
const IN_TIME = `
  export default scenario('in time', {
    peers: 3,
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), deadline: 0 }),
    peer(world, me) {
      world.deadline = Date.now() + 100
      me.sleep(50)
      if (Date.now() < world.deadline) Atomics.add(world.words, 0, 1)
      Atomics.wait(world.words, 1, 0, 20)
    },
    deadlines: ({ deadline }) => [deadline],
    clockSkewMsMax: 30,
    faults: { crashes: 1, restarts: 1 },
    invariants: [],
  })`

async function subjects(): Promise<DiscoveredScenario[]> {
  return [counters(3, 6), spinLock(3, 2), faulty(), restarting(), await subjectFrom(ON_DISK), await subjectFrom(IN_TIME)]
}

/** The schedule of an execution that is replayed choice by choice. */
async function scheduleOf(subject: DiscoveredScenario, seed: number, name: string): Promise<Schedule> {
  const recorded = await outcomeOf(subject, seed, STRATEGIES[name]?.())
  const replay = new Replay(recorded.recording.choices)
  await outcomeOf(subject, seed, replay)
  return replay.answered.schedule(execution.trace)
}

for (const name of ['random', 'pct, depth 3']) {
  test.serial(`tolerant replay, ${name}: a schedule that was not edited gives the same execution, and the same schedule again`, async (t) => {
    for (const subject of await subjects()) {
      for (let seed = 1; seed <= 100; seed++) {
        const schedule = await scheduleOf(subject, seed, name)
        const hash = execution.trace.hash()
        loadSubject(subject)
        const strategy = new TolerantReplay(schedule)
        await execute(seed, new Watched(strategy))
        t.is(execution.trace.hash(), hash, `${subject.scenario.name}, seed ${seed}`)
        t.deepEqual(strategy.answered.schedule(execution.trace), schedule)
      }
    }
  })
}

test.serial('tolerant replay: whatever is left of a schedule, those who can go on are picked, and programs that end do', async (t) => {
  for (const subject of await subjects()) {
    for (let seed = 1; seed <= 100; seed++) {
      const { segments, answers } = await scheduleOf(subject, seed, 'random')
      const kept = segments.filter((_, i) => (seed * 31 + i * 17) % 5 !== 0)
      loadSubject(subject)
      await execute(seed, new Watched(new TolerantReplay({ segments: kept.reverse(), answers: answers.slice(1) })))
      t.is(execution.failure, undefined, `${subject.scenario.name}, seed ${seed}`)
    }
  }
})

test.serial('tolerant replay: without a schedule peers go one after the other, and no fault befalls', async (t) => {
  const nothing = () => new TolerantReplay({ segments: [], answers: [] })
  loadSubject(counters(3, 2), { crashes: 1 })
  await execute(1, nothing())
  t.is(actorsOfTrace().join(''), '001122')
  loadSubject(await subjectFrom(ON_DISK))
  await execute(1, nothing())
  t.is(execution.environment.befallen.powerFailures + execution.environment.befallen.diskErrors, 0)
  loadSubject(neverReleased())
  await execute(1, nothing())
  t.is(execution.failure?.verdict, 'stuck')
})

test.serial('tolerant replay: preemptions are counted as reports count them', async (t) => {
  for (const subject of await subjects()) {
    for (let seed = 1; seed <= 50; seed++) {
      const strategy = new TolerantReplay(await scheduleOf(subject, seed, 'random'))
      const { trace } = await outcomeOf(subject, seed, strategy)
      const preempted = trace.filter(({ preemption }) => preemption).map(({ step }) => step - 1)
      t.deepEqual(strategy.preemptedAfter, preempted, `${subject.scenario.name}, seed ${seed}`)
    }
  }
})
