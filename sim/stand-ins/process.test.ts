import test from 'ava'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import { createStandIns } from './stand-ins.js'

const standIn = createStandIns(createFakeOperations()).standIns.process as NodeJS.Process

test('process: what acts on the real process, or varies, is refused by name', (t) => {
  const calls: Record<string, () => unknown> = {
    'process.exit': () => standIn.exit(3),
    'process.kill': () => standIn.kill(1, 'SIGTERM'),
    'process.abort': () => standIn.abort(),
    'process.chdir': () => standIn.chdir('/'),
    'process.umask': () => standIn.umask(),
    'process.memoryUsage': () => standIn.memoryUsage(),
    'process.memoryUsage.rss': () => standIn.memoryUsage.rss(),
    'process.cpuUsage': () => standIn.cpuUsage(),
    'process.stdin': () => standIn.stdin,
    'process.emit': () => standIn.emit('exit', 0),
    'process.env.HEDDLE_TEST =': () => (standIn.env.HEDDLE_TEST = '1'),
    'process.exitCode =': () => (standIn.exitCode = 1),
  }
  for (const phase of ['setup', 'peer', 'check'] as const) {
    for (const [call, act] of Object.entries(calls))
      t.is(t.throws(() => during(createFakeHost(phase), act), { name: 'OutsideWorldError' }).message.split(' reaches')[0], call)
  }
  t.is(process.env.HEDDLE_TEST, undefined)
})

test('process: what describes it is readable, and output is allowed', (t) => {
  during(createFakeHost(), () => {
    t.is(standIn.platform, process.platform)
    t.is(standIn.version, process.version)
    t.is(standIn.argv, process.argv)
    t.is(standIn.env.PATH, process.env.PATH)
    t.is(standIn.cwd(), process.cwd())
    t.is(standIn.stdout, process.stdout)
    t.is(standIn.pid, 1000)
    t.deepEqual(Object.keys(standIn.env), Object.keys(process.env))
  })
})

test('process: outside an execution it is the real one', (t) => {
  t.is(standIn.pid, process.pid)
  t.true(standIn.memoryUsage.rss() > 0)
  standIn.env.HEDDLE_TEST = '2'
  t.is(process.env.HEDDLE_TEST, '2')
  delete standIn.env.HEDDLE_TEST
  t.is(process.env.HEDDLE_TEST, undefined)
  const listener = () => {}
  t.is(standIn.on('SIGUSR2', listener), standIn)
  t.is(process.listenerCount('SIGUSR2'), 1)
  standIn.off('SIGUSR2', listener)
  t.is(process.listenerCount('SIGUSR2'), 0)
})

test('process: listeners of an execution are not left on the real process', (t) => {
  const before = process.listenerCount('exit')
  during(createFakeHost(), () =>
    t.is(
      standIn.on('exit', () => {}),
      standIn,
    ),
  )
  t.is(process.listenerCount('exit'), before)
})
