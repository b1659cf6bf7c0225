// What `require('node:x')` and `import … from 'node:x'` give in instrumented modules.
//
// A module is passed (the real one), or a copy in which every function is refused while an execution runs, save those named
// below, which stay real, and those replaced by virtual ones. A module that is not named here is refused.

import type asyncHooks from 'node:async_hooks'
import type nodeCrypto from 'node:crypto'
import type { webcrypto } from 'node:crypto'
import type nodeFs from 'node:fs'
import nodeModule, { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import type workerThreads from 'node:worker_threads'
import { requireFrom } from '../instrument/load.js'
import { createAsyncHooks } from './async-hooks.js'
import { createNodeCrypto } from './node-crypto.js'
import { createNodeFs } from './node-fs.js'
import { overlay } from './overlay.js'
import { refusedObject } from './refused.js'
import type { Timers } from './timers.js'
import { createWorkerThreads } from './worker-threads.js'

/** The stand-ins for globals that modules have as well. */
export interface SharedStandIns {
  readonly process: NodeJS.Process
  readonly performance: typeof performance
  readonly crypto: webcrypto.Crypto
  readonly timers: Timers
}

/** Pure: they compute, or run the user's code. */
const PASSED_MODULES = new Set(
  words(`
    assert assert/strict buffer console constants diagnostics_channel events path path/posix path/win32 punycode querystring
    stream stream/consumers stream/promises stream/web string_decoder sys test test/reporters tty url util util/types
  `),
)

/** Functions and classes that stay real in modules otherwise refused. Constants always do. */
const PASSED_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  crypto: words(`
    Certificate Cipheriv Decipheriv Hash Hmac KeyObject Verify X509Certificate checkPrimeSync createCipheriv createDecipheriv createHash
    createHmac createPrivateKey createPublicKey createSecretKey createVerify getCipherInfo getCiphers getCurves getFips getHashes hash
    hkdfSync pbkdf2Sync privateDecrypt publicDecrypt scryptSync timingSafeEqual
  `),
  fs: words('Stats Dirent'),
  http: words('validateHeaderName validateHeaderValue'),
  net: words('isIP isIPv4 isIPv6 BlockList SocketAddress'),
  os: words('arch endianness machine platform type'),
  perf_hooks: words('Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserverEntryList PerformanceResourceTiming createHistogram'),
  v8: words('serialize deserialize Serializer Deserializer DefaultSerializer DefaultDeserializer'),
  vm: words('isContext'),
  worker_threads: words('MessagePort getEnvironmentData isMarkedAsUntransferable markAsUntransferable'),
  zlib: words(`
    brotliCompressSync brotliDecompressSync crc32 deflateRawSync deflateSync gunzipSync gzipSync inflateRawSync inflateSync unzipSync
    zstdCompressSync zstdDecompressSync
  `),
}

export interface Builtins {
  /** What `require(name)` gives; undefined if there is no such module. */
  find(name: string): unknown
  /** The same; throws if there is no such module. */
  exports(name: string): unknown
  /** What `import(name)` gives: the exports by name, and `default`. */
  namespace(name: string): object
}

/** @param shared is called when a module needs it */
export function createBuiltins(shared: () => SharedStandIns): Builtins {
  const exported = new Map<string, unknown>()
  const namespaces = new Map<object, object>()

  const find = (name: string): unknown => {
    if (!isBuiltin(name)) return undefined
    const bare = name.replace(/^node:/, '')
    if (!exported.has(bare)) exported.set(bare, createExports(bare, shared))
    return exported.get(bare)
  }
  const exportsOf = (name: string): unknown => {
    const exports = find(name)
    if (exports === undefined) throw new Error(`heddle internal: expected the name of a built-in module of Node, got ${name}`)
    return exports
  }
  const namespaceOf = (name: string): object => {
    const exports = exportsOf(name) as object
    const namespace = namespaces.get(exports) ?? createNamespace(exports, exports === shared().process)
    namespaces.set(exports, namespace)
    return namespace
  }
  return { find, exports: exportsOf, namespace: namespaceOf }
}

function createExports(name: string, shared: () => SharedStandIns): unknown {
  // Modules such as `test` and `sqlite` have no name without the prefix.
  const real = process.getBuiltinModule(`node:${name}`) as object
  if (PASSED_MODULES.has(name)) return real
  switch (name) {
    case 'async_hooks':
      return createAsyncHooks(real as typeof asyncHooks)
    case 'process':
      return shared().process
    case 'module':
      return createModule()
    case 'timers/promises':
      return shared().timers.promises
    default: {
      const replacements = createReplacements(name, real, shared)
      return refusedObject(real, name.replace('/', '.'), new Set(PASSED_FUNCTIONS[name]), replacements)
    }
  }
}

function createReplacements(name: string, real: object, shared: () => SharedStandIns): object | undefined {
  switch (name) {
    case 'crypto':
      return createNodeCrypto(real as typeof nodeCrypto, shared().crypto)
    case 'fs':
      return createNodeFs(real as typeof nodeFs)
    case 'perf_hooks':
      return { performance: shared().performance }
    case 'timers':
      return shared().timers
    case 'worker_threads':
      return createWorkerThreads(real as typeof workerThreads)
    default:
      return undefined
  }
}

/** `createRequire` gives the instrumented module's `require`. */
function createModule(): object {
  const createRequire = (file: string | URL): NodeJS.Require => {
    // The real one checks the argument.
    nodeModule.createRequire(file)
    const isUrl = file instanceof URL || file.startsWith('file:')
    return requireFrom(isUrl ? fileURLToPath(file) : file)
  }
  const overrides: Record<string, unknown> = { createRequire }
  const standIn = overlay(nodeModule, overrides)
  overrides.Module = standIn
  return standIn
}

/** @param isLive whether data, too, is read from the exports at each access */
function createNamespace(exports: object, isLive: boolean): object {
  const namespace = Object.create(null) as object
  for (const key of Object.keys(exports)) {
    const property = Object.getOwnPropertyDescriptor(exports, key) as PropertyDescriptor
    const isData = 'value' in property && !isLive
    Object.defineProperty(namespace, key, isData ? { value: property.value, enumerable: true } : { get: () => Reflect.get(exports, key), enumerable: true })
  }
  Object.defineProperty(namespace, 'default', { value: exports, enumerable: true })
  Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' })
  return Object.preventExtensions(namespace)
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
