import test from 'ava'
import { host, OutsideWorldError } from '../host.js'
import { STAND_IN_NAMES } from '../instrument/transform-globals.js'
import { createFakeHost, createFakeOperations, during, EPOCH_MS } from './fake-host.test.support.js'
import type { Callable } from './operations.js'
import { createLocalStorage, createNavigator } from './outside.js'
import { createStandIns } from './stand-ins.js'

const { standIns } = createStandIns(createFakeOperations())
const real = globalThis as unknown as Record<string, unknown>

test('stand-ins: there is one for each name that the transform replaces and this version of Node has', (t) => {
  t.deepEqual(Object.keys(standIns).sort(), [...new Set([...STAND_IN_NAMES, 'global'])].filter((name) => name in globalThis).sort())
  for (const name of Object.keys(standIns)) {
    t.is(typeof standIns[name], typeof real[name], name)
    t.not(standIns[name], real[name], name)
    t.is(standIns[name], standIns[name], name)
  }
})

/** The properties of an object and of its prototypes: name, kind, flags, and for functions name and length. */
function shapeOf(object: object): Record<string, unknown> {
  const shape: Record<string, unknown> = {}
  for (let at = object; at !== null && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const key of Reflect.ownKeys(at)) {
      // A function's `prototype` tells whether it was written as a function or as a method.
      if (String(key) in shape || (key === 'prototype' && typeof object === 'function')) continue
      const property = Object.getOwnPropertyDescriptor(at, key) as PropertyDescriptor
      const value = property.value as unknown
      const isFunction = typeof value === 'function' && key !== 'constructor'
      const flags = [property.enumerable, property.configurable]
      // Whether a property is data or an accessor is seen by none who reads it.
      shape[String(key)] = isFunction ? [...flags, property.writable, value.name, value.length] : flags
    }
  }
  return shape
}

for (const name of Object.keys(standIns)) {
  test(`stand-ins: ${name} has the shape of the real one`, (t) => {
    const standIn = standIns[name] as Callable
    t.deepEqual([standIn.name, standIn.length], [(real[name] as Callable).name, (real[name] as Callable).length])
    t.deepEqual(shapeOf(standIn), shapeOf(real[name] as object))
    t.deepEqual(Object.keys(standIn), Object.keys(real[name] as object))
    t.is(Object.prototype.toString.call(standIn), Object.prototype.toString.call(real[name]))
    if (typeof real[name] === 'function' && /^[A-Z]/.test(name)) {
      t.deepEqual(shapeOf(standIn.prototype), shapeOf((real[name] as Callable).prototype))
    }
  })
}

test('stand-ins: instanceof holds for objects that have a class', (t) => {
  t.true(standIns.performance instanceof (real.Performance as Callable as never))
  t.true(standIns.crypto instanceof (real.Crypto as never))
  t.true(standIns.process instanceof process.getBuiltinModule('node:events').EventEmitter)
})

test('stand-ins: making and using them changes no global', (t) => {
  const before = Object.fromEntries(Reflect.ownKeys(globalThis).map((key) => [String(key), Object.getOwnPropertyDescriptor(globalThis, key)]))
  const now = Date.now
  const { standIns } = createStandIns(createFakeOperations())
  during(createFakeHost(), () => Object.values(standIns).map((standIn) => String(typeof standIn)))
  t.deepEqual(Object.fromEntries(Reflect.ownKeys(globalThis).map((key) => [String(key), Object.getOwnPropertyDescriptor(globalThis, key)])), before)
  t.is(Date.now, now)
})

test('stand-ins: what reaches outside is refused by name in every phase, and real otherwise', async (t) => {
  const { fetch, MessageChannel, BroadcastChannel } = standIns as unknown as typeof globalThis
  for (const phase of ['setup', 'peer', 'check'] as const) {
    during(createFakeHost(phase), () => {
      t.is(t.throws(() => void fetch('data:,x'), { instanceOf: OutsideWorldError }).call, 'fetch')
      t.is(t.throws(() => new MessageChannel(), { instanceOf: OutsideWorldError }).call, 'new MessageChannel')
      t.is(t.throws(() => new BroadcastChannel('x'), { instanceOf: OutsideWorldError }).call, 'new BroadcastChannel')
    })
  }
  t.is(await (await fetch('data:,x')).text(), 'x')
  const channel = new MessageChannel()
  t.true(channel instanceof globalThis.MessageChannel)
  channel.port1.close()
})

test('stand-ins: globalThis leads to the stand-ins, else to the real global', (t) => {
  const standIn = standIns.globalThis as typeof globalThis & Record<string, unknown>
  t.is(standIn.Atomics, standIns.Atomics as typeof Atomics)
  t.is(standIn.Date, standIns.Date as typeof Date)
  t.is(standIn.globalThis, standIn)
  t.is(standIn.global, standIn)
  t.is(standIns.global, standIn)
  t.is(standIn.Map, Map)
  t.true('Atomics' in standIn)
  during(createFakeHost(), () => t.is(Reflect.get(standIn, 'Date').now(), EPOCH_MS))
  t.is(Object.getOwnPropertyDescriptor(standIn, 'Date')?.value as unknown, standIns.Date)
  t.is(Object.getOwnPropertyDescriptor(standIn, 'crypto')?.get?.(), standIns.crypto)
})

test.serial('stand-ins: an assignment through globalThis reaches the real global and ends the stand-in there', (t) => {
  const standIn = createStandIns(createFakeOperations()).standIns.globalThis as Record<string, unknown>
  standIn.heddleTest = 5
  t.is(real.heddleTest, 5)
  delete standIn.heddleTest
  t.false('heddleTest' in globalThis)

  const before = Object.getOwnPropertyDescriptor(globalThis, 'fetch') as PropertyDescriptor
  const mock = () => 'mock'
  standIn.fetch = mock
  try {
    t.is(real.fetch, mock)
    t.is(standIn.fetch, mock)
  } finally {
    Object.defineProperty(globalThis, 'fetch', before)
  }
})

test('stand-ins: navigator shows what the machine is, and refuses what varies', (t) => {
  class Navigator {
    get userAgent() {
      return 'Node'
    }
    get hardwareConcurrency() {
      return 8
    }
  }
  const navigator = createNavigator(new Navigator()) as Navigator
  t.is(navigator.hardwareConcurrency, 8)
  during(createFakeHost(), () => {
    t.is(navigator.userAgent, 'Node')
    t.throws(() => navigator.hardwareConcurrency, { message: /^navigator\.hardwareConcurrency reaches/ })
  })
})

test('stand-ins: localStorage is refused whole', (t) => {
  const storage = createLocalStorage(new Map([['a', 1]])) as Map<string, number> & Record<string, unknown>
  t.is(storage.get('a'), 1)
  during(createFakeHost(), () => {
    t.throws(() => storage.get('a'), { message: /^localStorage reaches/ })
    t.throws(() => (storage.x = 1), { message: /^localStorage reaches/ })
    t.throws(() => 'x' in storage, { message: /^localStorage reaches/ })
    t.throws(() => Object.keys(storage), { message: /^localStorage reaches/ })
  })
})

test('stand-ins: no test leaves an execution behind', (t) => {
  t.is(host.current, undefined)
})
