import { createRequire, isBuiltin } from 'node:module'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { OutsideWorldError } from '../host.js'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import type { Callable } from './operations.js'
import { createStandIns } from './stand-ins.js'

const { builtin, builtinNamespace } = createStandIns(createFakeOperations())
const module = (name: string) => builtin(name) as Record<string, Callable>

const OUTSIDE_MODULES =
  'fs fs/promises net http https http2 tls dgram dns dns/promises child_process cluster inspector v8 vm readline readline/promises repl os'.split(' ')

/** Functions that answer from their arguments or from what the machine is. */
const REAL = new Set(
  `
    fs.Stats fs.Dirent http.validateHeaderName http.validateHeaderValue net.isIP net.isIPv4 net.isIPv6 net.BlockList net.SocketAddress
    os.arch os.endianness os.machine os.platform os.type v8.serialize v8.deserialize v8.Serializer v8.Deserializer v8.DefaultSerializer
    v8.DefaultDeserializer vm.isContext
  `
    .trim()
    .split(/\s+/),
)

/** Functions that act on the virtual disk. */
const VIRTUAL = new Set(
  `
    accessSync appendFileSync closeSync copyFileSync existsSync fdatasyncSync fstatSync fsyncSync ftruncateSync lstatSync mkdirSync mkdtempSync openSync
    readFileSync readSync readdirSync readvSync renameSync rmSync rmdirSync statSync truncateSync unlinkSync writeFileSync writeSync writevSync
  `
    .trim()
    .split(/\s+/)
    .map((name) => `fs.${name}`),
)

for (const name of OUTSIDE_MODULES) {
  test(`builtins: every function of ${name} but the pure and the virtual ones is refused by its name`, (t) => {
    const real = process.getBuiltinModule(`node:${name}`) as unknown as Record<string, unknown>
    let refusals = 0
    for (const key of Object.keys(real)) {
      const call = `${name.replace('/', '.')}.${key}`
      if (VIRTUAL.has(call)) continue
      if (typeof real[key] !== 'function' || REAL.has(call)) {
        if (typeof real[key] !== 'object') t.is(module(name)[key] as unknown, real[key], key)
        continue
      }
      const error = t.throws(() => during(createFakeHost(), () => module(name)[key]()), { instanceOf: OutsideWorldError }, key)
      t.is(error.call, call)
      refusals++
    }
    t.true(refusals > 0)
  })
}

test('builtins: refusal reaches functions of functions, of objects, and constructors, in all phases', (t) => {
  const fs = builtin('node:fs') as typeof import('node:fs')
  const { Socket } = builtin('node:net') as typeof import('node:net')
  for (const phase of ['setup', 'peer', 'check'] as const) {
    during(createFakeHost(phase), () => {
      t.throws(() => fs.realpathSync.native('/'), { message: /^fs\.realpathSync\.native reaches/ })
      t.throws(() => fs.promises.readFile('/'), { message: /^fs\.promises\.readFile reaches/ })
      t.throws(() => new Socket(), { message: /^new net\.Socket reaches/ })
      t.throws(() => new (class extends Socket {})(), { message: /^new net\.Socket reaches/ })
    })
  }
  t.is(fs.promises as unknown, builtin('fs/promises'))
  t.is(fs.constants, process.getBuiltinModule('node:fs').constants)
})

test('builtins: outside an execution they are the real ones', (t) => {
  const fs = builtin('node:fs') as typeof import('node:fs')
  const { Socket } = builtin('node:net') as typeof import('node:net')
  t.true(fs.readFileSync(new URL(import.meta.url), 'utf8').length > 0)
  t.is(fs.realpathSync.native('/'), '/')
  const socket = new (class Mine extends Socket {})()
  t.is(socket.constructor.name, 'Mine')
  t.true(socket instanceof process.getBuiltinModule('node:net').Socket)
  t.true(fs.statSync('/') instanceof fs.Stats)
  t.is((builtin('os') as typeof os).hostname(), os.hostname())
})

test('builtins: namespaces have the names of the real ones, and a default', async (t) => {
  const names = [
    ...OUTSIDE_MODULES,
    'worker_threads',
    'perf_hooks',
    'crypto',
    'timers',
    'timers/promises',
    'process',
    'util',
    'events',
    'module',
    'path',
    'zlib',
    'assert',
  ]
  for (const name of names) {
    const real = (await import(`node:${name}`)) as Record<string, unknown>
    const standIn = builtinNamespace(`node:${name}`) as Record<string, unknown>
    t.deepEqual(
      Object.keys(standIn)
        .filter((key) => key !== 'default')
        .sort(),
      Object.keys(real.default as object).sort(),
      name,
    )
    t.is(builtinNamespace(name), standIn)
    t.is(standIn.default, builtin(name))
    // The default export, for Node's namespaces do not follow what others do to `process`.
    const exports = real.default as Record<string, unknown>
    for (const key of Object.keys(exports)) {
      t.is(typeof standIn[key], typeof exports[key], `${name}.${key}`)
      if (typeof exports[key] !== 'function') continue
      const [got, expected] = [standIn[key] as Callable, exports[key]]
      t.deepEqual([got.name, got.length], [expected.name, expected.length], `${name}.${key}`)
    }
    t.throws(() => (standIn.added = 1), { instanceOf: TypeError })
  }
})

test('builtins: the namespace of process is live', (t) => {
  const namespace = builtinNamespace('process') as NodeJS.Process
  t.is(namespace.pid, process.pid)
  t.is(
    during(createFakeHost(), () => namespace.pid),
    1000,
  )
})

test('builtins: pure modules are the real ones, also in an execution', (t) => {
  for (const name of ['util', 'events', 'assert', 'path', 'url', 'buffer', 'stream', 'util/types', 'node:test']) {
    t.is(builtin(name), process.getBuiltinModule(name) as unknown)
  }
  during(createFakeHost(), () => {
    const zlib = builtin('zlib') as typeof import('node:zlib')
    t.is(zlib.gunzipSync(zlib.gzipSync('a')).toString(), 'a')
    t.throws(() => zlib.gzip('a', () => {}), { message: /^zlib\.gzip reaches/ })
    const v8 = builtin('v8') as typeof import('node:v8')
    t.deepEqual(v8.deserialize(v8.serialize({ a: 1 })), { a: 1 })
  })
})

test('builtins: a module that is not known here is refused, one that does not exist is no module', (t) => {
  t.true(isBuiltin('_http_common'))
  t.throws(() => during(createFakeHost(), () => module('_http_common')._checkIsHttpToken()), { message: /^_http_common\._checkIsHttpToken reaches/ })
  t.throws(() => builtin('node:nothing'), { message: /expected the name of a built-in module of Node, got node:nothing/ })
})

test('builtins: worker_threads shows each peer as a thread of its own, live', (t) => {
  const threads = builtin('node:worker_threads') as typeof import('node:worker_threads')
  const real = process.getBuiltinModule('node:worker_threads')
  t.deepEqual([threads.threadId, threads.isMainThread], [real.threadId, real.isMainThread])
  for (const threadId of [1, 5]) {
    during(createFakeHost('peer', threadId), () => {
      t.deepEqual([threads.threadId, threads.isMainThread, threads.workerData], [threadId, false, null])
      t.throws(() => threads.parentPort, { message: /^worker_threads\.parentPort reaches/ })
      t.throws(() => new threads.Worker('x'), { message: /^new worker_threads\.Worker reaches/ })
    })
  }
  during(createFakeHost('setup'), () => t.deepEqual([threads.threadId, threads.isMainThread, threads.parentPort], [0, true, null]))
})

test('builtins: modules share the stand-ins of globals', (t) => {
  const { standIns, builtin } = createStandIns(createFakeOperations())
  const get = (name: string, key: string) => (builtin(name) as Record<string, unknown>)[key]
  t.is(get('perf_hooks', 'performance'), standIns.performance)
  t.is(builtin('process'), standIns.process)
  t.is(get('process', 'hrtime'), (standIns.process as typeof process).hrtime)
  t.is(get('crypto', 'webcrypto'), standIns.crypto)
  const requireModule = (standIns.process as typeof process).getBuiltinModule
  t.is(requireModule('node:fs') as unknown, builtin('fs'))
  t.is(requireModule('nothing') as unknown, undefined)
})

test('builtins: createRequire gives the require of instrumented modules', (t) => {
  const standIn = builtin('module') as { createRequire: typeof createRequire; Module: { createRequire: typeof createRequire } }
  const file = fileURLToPath(import.meta.url)
  for (const from of [file, import.meta.url, new URL(import.meta.url)]) {
    const require = standIn.Module.createRequire(from)
    t.is(require.resolve('./builtins.js'), join(dirname(file), 'builtins.js'))
    t.not(require.cache, createRequire(file).cache)
  }
  t.is(standIn.Module.createRequire, standIn.createRequire)
  t.throws(() => standIn.createRequire('b.js'), { code: 'ERR_INVALID_ARG_VALUE' })
})
