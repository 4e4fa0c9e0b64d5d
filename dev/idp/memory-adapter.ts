type Stored = Record<string, unknown> & { uid?: string; grantId?: string; consumed?: number };

/**
 * One provider's storage in memory. The one that comes with oidc-provider warns at every start and may evict a live
 * grant after 1,000 entries. Expiry needs no care here: the provider checks `exp` of whatever it reads.
 */
export class MemoryStore {
  readonly #entries = new Map<string, Stored>();

  /** Stores a client's metadata at once; the next request sees it. */
  putClient(clientId: string, metadata: Stored): void {
    this.#entries.set(`Client:${clientId}`, metadata);
  }

  /** Makes the adapter of one model; its shape is the adapter contract of oidc-provider. */
  adapter(model: string) {
    const entries = this.#entries;
    const key = (id: string) => `${model}:${id}`;
    const findBy = (field: string, value: string) => {
      for (const [name, entry] of entries) {
        if (name.startsWith(`${model}:`) && entry[field] === value) return entry;
      }
      return undefined;
    };
    return {
      async upsert(id: string, payload: Stored): Promise<void> {
        entries.set(key(id), payload);
      },
      async find(id: string): Promise<Stored | undefined> {
        return entries.get(key(id));
      },
      async findByUid(uid: string): Promise<Stored | undefined> {
        return findBy('uid', uid);
      },
      async findByUserCode(userCode: string): Promise<Stored | undefined> {
        return findBy('userCode', userCode);
      },
      async consume(id: string): Promise<void> {
        const entry = entries.get(key(id));
        if (entry) entry.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id: string): Promise<void> {
        entries.delete(key(id));
      },
      async revokeByGrantId(grantId: string): Promise<void> {
        for (const [name, entry] of entries) {
          if (entry.grantId === grantId) entries.delete(name);
        }
      },
    };
  }
}
