/**
 * The database role of every program: it reads and adds, but has no right to change or remove facts. A migration makes it;
 * the configured user becomes it at each connection. Migrations alone run as the configured user, who owns the tables.
 */
export const APPLICATION_ROLE = 'chazemo_app';
