// Failures are made smaller, with the real engine and the commands that the reports themselves say.

import test from 'ava'
import { BROKEN_LOCK, HALF_COMMIT, LOCK, labelled, Project, table } from './project.test.helper.js'

const files = { 'broken.scenario.ts': BROKEN_LOCK, 'lock.ts': LOCK, 'half.scenario.ts': HALF_COMMIT }
const RUN = ['run', 'broken.scenario.ts', '--strategy', 'random', '--seed', '7']

interface Made {
  readonly from: { readonly steps: number }
  readonly complete: boolean
  readonly necessary: readonly number[]
}

interface Recorded {
  readonly steps: number
  readonly traceHash: string
  readonly shrunk?: {
    readonly from: { readonly steps: number; readonly preemptions: number }
    readonly complete: boolean
    readonly necessary: readonly number[]
  }
}

const recorded = (content: string | undefined) => JSON.parse(content as string) as Recorded

/** The numbers of the steps that a report marks. */
const marked = (report: string): readonly number[] => [...report.matchAll(/^ +▸ +(\d+) /gm)].map(([, step]) => Number(step))

test.serial('end to end: run saves the small failure, which says from what it was made, and replays', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle(RUN)
  t.is(run.code, 1)
  const [content, ...more] = Object.values(project.recordings())
  t.is(more.length, 0)
  const small = recorded(content)
  const { complete, from, necessary } = small.shrunk as Made
  t.true(complete)
  t.true(from.steps > small.steps)
  const again = await project.shell(labelled(run.out, 'replay'))
  t.is(again.code, 1)
  const line = / {2}shrunk from \d+ switches \(\w+ preemptive\), (\d+) steps, in \d+ executions\n/
  for (const { out } of [run, again]) {
    t.is(Number(line.exec(out)?.[1]), from.steps)
    t.deepEqual(marked(out), necessary)
    t.regex(out, /▸ without this switch or fault it does not fail so/)
  }
})

test.serial('end to end: what --no-shrink saved is made as small by heddle shrink, which writes it beside', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle([...RUN, '--no-shrink'])
  t.is(run.code, 1)
  t.notRegex(run.out, /shrunk from/)
  const before = project.recordings()
  const [[name = '', content = ''] = []] = Object.entries(before)
  t.is(recorded(content).shrunk, undefined)
  t.is(table((await project.shell(labelled(run.out, 'seed'))).out), table(run.out), 'the execution of the seed is shown as found too')
  t.deepEqual(project.recordings(), before)

  const shrink = await project.heddle(['shrink', `.heddle/failures/${name}`])
  t.is(shrink.code, 0, shrink.err)
  const { [name]: untouched, ...written } = project.recordings()
  t.is(untouched, content)
  t.is(Object.keys(written).length, 1)
  const small = recorded(Object.values(written)[0])
  t.is((small.shrunk as Made).from.steps, recorded(content).steps)
  const again = await project.shell(labelled(shrink.out, 'replay'))
  t.is(again.code, 1)
  t.is(table(again.out), table(shrink.out))

  // The same that a run would have come to.
  const other = new Project(t, files)
  await other.heddle(RUN)
  t.is(recorded(Object.values(other.recordings())[0]).traceHash, small.traceHash)
})

test.serial('end to end: heddle shrink of what is small says so and writes nothing', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle(['run', 'half.scenario.ts', '--strategy', 'pct', '--seed', '7'])
  const before = project.recordings()
  const small = await project.shell(labelled(run.out, 'replay').replace('replay', 'shrink'))
  t.is(small.code, 0, small.err)
  t.is(labelled(small.out, 'as given'), 'nothing more could be taken away')
  t.is(table(small.out), table(run.out))
  t.deepEqual(project.recordings(), before)
  const hasty = await project.heddle(['shrink', labelled(run.out, 'token'), '--runs', '1'])
  t.is(hasty.code, 0, hasty.err)
  t.is(labelled(hasty.out, 'as given'), 'nothing smaller in 1 execution; there was more to try')
  t.deepEqual(project.recordings(), before)
})

test.serial('end to end: heddle shrink takes a token and a pipe, and JSON says where the result is', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle([...RUN, '--no-shrink'])
  const byToken = await project.heddle(['shrink', labelled(run.out, 'token'), '--json', '--out', 'small'])
  t.is(byToken.code, 0, byToken.err)
  const { recording, outcome } = JSON.parse(byToken.out)
  t.regex(recording, /^small\/broken-lock-[0-9a-f]{4}\.json$/)
  t.is(recorded(project.read(recording)).traceHash, outcome.traceHash)
  project.write('token.txt', labelled(run.out, 'token'))
  const byPipe = await project.shell('npx heddle shrink - < token.txt')
  t.is(byPipe.code, 0, byPipe.err)
  t.is((await project.shell(labelled(byPipe.out, 'replay'))).code, 1)
  t.is((await project.heddle(['replay', labelled(byPipe.out, 'token')])).code, 1)
  t.is(Object.keys(project.recordings()).length, 2)
})

test.serial('end to end: heddle shrink stops where the code is another than was recorded', async (t) => {
  const project = new Project(t, files)
  const run = await project.heddle([...RUN, '--no-shrink'])
  const before = project.recordings()
  project.write('lock.ts', LOCK.replace('Atomics.load(this.#words, 0) !== 0', 'Atomics.compareExchange(this.#words, 0, 0, 1) !== 0'))
  const { code, out, err } = await project.shell(labelled(run.out, 'replay').replace('replay', 'shrink'))
  t.is(code, 3)
  t.is(err, '')
  t.regex(out, /^✗ diverged at step 1 [\s\S]*lock\.ts:7/)
  t.deepEqual(project.recordings(), before)
})
