// Where code of a generated program stands: the names in scope, and what is allowed there.

/** `steppable`: everything in it can be stepped. `all`: constructors of derived classes, accessors, generators and native callbacks have operations too. */
export type Profile = 'steppable' | 'all'

export interface Scope {
  readonly parent: Scope | undefined
  /** Names that hold anything and may be assigned, or only read. */
  readonly assignable: string[]
  readonly readable: string[]
  readonly functions: string[]
  /** Objects with methods `m` and `n`, a method under the key `k`, a property `p` and a getter `q` that says so and gives a function. */
  readonly objects: string[]
  readonly classes: string[]
  /** Names that this very block declares. */
  readonly declared: Set<string>
}

/** What is allowed where code stands; a function starts afresh. */
export interface Place {
  readonly scope: Scope
  readonly labels: readonly { readonly name: string; readonly isLoop: boolean }[]
  readonly inLoop: boolean
  /** `break` without label. */
  readonly breakable: boolean
  readonly isGenerator: boolean
  readonly isAsync: boolean
  /** Inside a method: `this.#p` and so on. */
  readonly method: 'none' | 'own' | 'derived'
  /** Inside a constructor, which may return new objects only: others would get private members twice. */
  readonly constructs: boolean
  /** `arguments` means something. */
  readonly hasArguments: boolean
  /** An operation may stand here in the profile. */
  readonly indent: string
}

export function deeper(place: Place): Place {
  return { ...place, indent: `${place.indent}  ` }
}

export function newScope(parent: Scope | undefined, declared: readonly string[] = []): Scope {
  return { parent, assignable: [], readable: [], functions: [], objects: [], classes: [], declared: new Set(declared) }
}

export function visible(scope: Scope | undefined, what: 'assignable' | 'readable' | 'functions' | 'objects' | 'classes'): string[] {
  return scope === undefined ? [] : [...scope[what], ...visible(scope.parent, what)]
}

/** Calls after which functions return at once, and turns after which loops end. */
export const CALLS_MAX = 40
export const TURNS_MAX = 120
