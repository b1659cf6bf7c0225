// The real object seen through a pane: some of its properties are replaced, everything else is the real one, and what
// is assigned goes to the real object. For objects that are too alive to be copied (`process`, `globalThis`).

/**
 * @param overrides properties that replace those of `real`; may be accessors. An override ends when its name is assigned to.
 * @param beforeChange called before a property is assigned, defined or deleted; may throw.
 */
export function overlay<T extends object>(real: T, overrides: object, beforeChange: (key: PropertyKey) => void = () => {}): T {
  const end = (key: PropertyKey): void => {
    beforeChange(key)
    Reflect.deleteProperty(overrides, key)
  }
  return new Proxy(real, {
    get: (_, key) => Reflect.get(Object.hasOwn(overrides, key) ? overrides : real, key),
    set(_, key, value) {
      end(key)
      return Reflect.set(real, key, value)
    },
    defineProperty(_, key, property) {
      end(key)
      return Reflect.defineProperty(real, key, property)
    },
    deleteProperty(_, key) {
      end(key)
      return Reflect.deleteProperty(real, key)
    },
    getOwnPropertyDescriptor(_, key) {
      const property = Reflect.getOwnPropertyDescriptor(real, key)
      // A property that cannot be reconfigured must be shown as it is, or the engine throws.
      if (property?.configurable !== true || !Object.hasOwn(overrides, key)) return property
      if ('value' in property) return { ...property, value: Reflect.get(overrides, key) }
      return { ...property, get: () => Reflect.get(overrides, key) }
    },
  })
}
