/** The one source of time. Code takes it as a parameter and SQL gets its value as one, so that both tell the same time. */
export type Clock = () => Date;
