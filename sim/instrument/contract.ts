// What instrumented code calls. The transform writes calls of these; the runtime (runtime.ts) provides them. Nothing else passes between the two.
//
// Instrumented modules find the runtime as `globalThis[Symbol.for('heddle.runtime')]` and hold it in a module constant `$h`.
// A stepped twin is a generator. It asks the scheduler in line before each operation:
//
//     ($r = $h.load($s + 2, this.words, HEAD)) === $W ? yield : $r
//
// If the same peer goes on, the operation has happened and `$r` is its result. Otherwise it is pending, the twin
// suspends with a bare `yield`, and is resumed with the operation's result (or with its exception).
//
// A call of another twin is handed over in the same way, `$g` being the generator that the call gives:
//
//     ($r = $h.enter($g = $t.call(stack))) === $W ? yield : $r === $N ? yield* $g : $r

/** Returned by an operation that is pending: the twin must `yield` and takes the result from there. */
export type Switch = symbol

/** Positions are those of the user's own source, 1-based lines and columns. */
export interface Site {
  readonly line: number
  readonly column: number
  /** Name of the Atomics method: `load`, `compareExchange`, … */
  readonly operation: string
  /** Source text of the typed array and of the index, as the user wrote them, cut at 40 characters. */
  readonly array: string
  readonly index: string
}

export interface ModuleInfo {
  /** Absolute path of the user's file. */
  readonly file: string
  readonly sites: readonly Site[]
}

/** A stepped twin: called like the original (`this` and arguments), gives a generator. */
export type Twin = (this: unknown, ...args: never[]) => Generator<unknown, unknown, unknown>

/**
 * What makes an object in steps: called with the arguments of `new`, gives a generator that returns the object. `this` is the derived class of
 * which the object is to be.
 */
export type Maker = (this: (new (...args: readonly unknown[]) => object) | undefined, ...args: unknown[]) => Generator<unknown, unknown, unknown>

/** What runs in steps and gives a T. */
export type Stepped<T> = Generator<unknown, T, unknown>

/** Any typed array that `Atomics` accepts. */
export type AtomicArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array
export type AtomicValue = number | bigint

// biome-ignore lint/complexity/noBannedTypes: any callable of the user's
type Callable = Function

export interface Runtime {
  readonly SWITCH: Switch
  /** Returned by {@link enter} where the caller must run the call itself, with `yield*`. */
  readonly NESTED: Switch

  /** Registers a module's sites; returns the number of its first one, to which the module adds its own numbers. */
  module(info: ModuleInfo): number

  // One function for each operation, with the arguments as the user wrote them after the site. Each returns the result or SWITCH.
  load(site: number, array: AtomicArray, index: number): AtomicValue | Switch
  store(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  add(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  sub(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  and(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  or(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  xor(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  exchange(site: number, array: AtomicArray, index: number, value: AtomicValue): AtomicValue | Switch
  compareExchange(site: number, array: AtomicArray, index: number, expected: AtomicValue, replacement: AtomicValue): AtomicValue | Switch
  wait(site: number, array: AtomicArray, index: number, value: AtomicValue, timeout?: number): string | Switch
  waitAsync(site: number, array: AtomicArray, index: number, value: AtomicValue, timeout?: number): object | Switch
  notify(site: number, array: AtomicArray, index: number, count?: number): number | Switch

  /** Runs a call of a twin: its result, SWITCH if it is suspended (`yield` gives the result), or NESTED. */
  enter(call: Generator<unknown, unknown, unknown>): unknown

  /** Gives `original` its twin and returns `original`. */
  attach<F extends Callable>(original: F, twin: Twin): F
  /** The same for a function whose twin serves calls only, because the function mentions `new.target`. */
  attachCalled<F extends Callable>(original: F, twin: Twin): F
  /**
   * Gives a class the twin of its constructor, which is called with the new object as `this` and returns what is made. Called with `marks`, of
   * which {@link MARK} is one, the original makes the object and does nothing else.
   */
  attachNew(original: Callable, twin: Twin, marks: readonly unknown[]): void
  /** The same where the twin takes `new.target` before its arguments. */
  attachNewTarget(original: Callable, twin: Twin, marks: readonly unknown[]): void
  /** Tells that a derived class does nothing but call the constructor above it. The twin does that, given how. */
  attachDerived(original: Callable, twin: Twin): void
  readonly MARK: object
  /** The same as attach for an async function: the twin's `await x` is written `yield $h.awaiting(x)`, and the call returns a promise at its first one. */
  attachAsync<F extends Callable>(original: F, twin: Twin): F
  /** The same for an async generator function, whose twin's `yield x` is written `yield* $h.yieldItem(x)`. */
  attachAsyncGenerator<F extends Callable>(original: F, twin: Twin): F
  /**
   * The twin of `f`, or undefined if it has none. `text` is the callee's source: what is not callable gets a twin that throws the
   * TypeError that the engine would throw (`text is not a function`), so that it comes after the arguments are evaluated.
   */
  twin(f: unknown, text: string): Twin | undefined
  /**
   * What `new f(…)` calls instead, or undefined where `new f(…)` itself does. What is no constructor gets a maker that throws the engine's
   * TypeError (`text is not a constructor`), after the arguments are evaluated.
   */
  maker(f: unknown, text: string): Maker | undefined
  /** What a constructor makes that returns `value`. */
  made(value: unknown, object: object): object
  /**
   * `target.bind`, to be called with the arguments; what Function.prototype.bind gives then gets a twin if `target` has one. `text` is the
   * callee's source, for the TypeError that a call of what is no function throws.
   */
  binder(target: unknown, text: string): (...args: unknown[]) => unknown
  /** Marks an await inside the twin of an async function. */
  awaiting(value: unknown): unknown

  // `for await`, and the yields of async generators: all of these run in steps, and await.
  /** Begins a `for await` over `iterable`, whose source is `text`. */
  iterateAsync(iterable: unknown, text: string): Stepped<object>
  /** Whether there is another item; then it is the loop's `value`. */
  nextItem(loop: object): Stepped<boolean>
  /** Remembers that the loop ends with an error. */
  iterationError(loop: object, error: unknown): void
  /** Closes the iterator of a loop that was left early; throws what the loop must end with. */
  endIteration(loop: object): Stepped<void>
  /** `yield value` of an async generator. */
  yieldItem(value: unknown): Stepped<unknown>
  /** `yield* iterable` of an async generator. */
  yieldAll(iterable: unknown): Stepped<unknown>

  /**
   * Stand-ins for globals, by name (`Atomics`, `Date`, `Math`, `performance`, `crypto`, `setTimeout`, `process`, `fetch`, …).
   * A module that mentions one of these without declaring it gets a constant of that name at its top.
   */
  readonly standIns: Readonly<Record<string, unknown>>
  /**
   * What `new SharedArrayBuffer(…)` calls, where that is the global one: it gives the same, from a pool. All other mentions of the class are
   * of the real one, so what the code compares with is the class of its instances.
   */
  readonly SharedArrayBuffer: SharedArrayBufferConstructor
  /** What `import … from 'node:x'` gives in instrumented code: the real module, or a stand-in for it. */
  builtin(name: string): unknown
  /** What `import('node:x')` gives: the same members, and `default`. */
  builtinNamespace(name: string): object

  /** `import.meta` of the user's own file. */
  importMeta(file: string): ImportMeta
  /** `import(specifier, options)` in the user's `file`. */
  importDynamic(specifier: unknown, file: string, options?: unknown): Promise<unknown>
  /** `require` as the user's own CommonJS file would have it. */
  requireFrom(file: string): NodeJS.Require

  /** Starts the clean-up stack of a block with `using` or `await using` declarations. */
  disposables(): object
  /** Evaluates a `using` declaration: checks and remembers the disposer, returns the value. */
  use<T>(stack: object, value: T): T
  /** The same for an `await using` declaration. */
  useAsync<T>(stack: object, value: T): T
  /** Remembers that the block ends with an error. */
  disposeError(stack: object, error: unknown): void
  /** Remembers that what the block awaited for a disposer failed. */
  disposalError(stack: object, error: unknown): void
  /**
   * Runs the disposers, last first, in steps; throws what the block must end with, SuppressedError included. Where it gives true, the block
   * must await `stack.awaited` and call it again.
   */
  dispose: Callable
}
