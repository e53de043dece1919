import type { ArchivedMonth } from './archive-facts.js';

/** What each file of an archive is, for the manifest and for people. */
export const FILES = {
  'README.txt': ['este texto', 'this text'],
  'readings.ndjson': [
    'as leituras dos contadores dos carregadores do mês, por ordem da cadeia, com os selos',
    'the meter readings of the month’s chargers in the order of the chain, with the seals',
  ],
  'corrections.ndjson': [
    'leituras que alguém mandou desconsiderar, ou repôs, e porquê',
    'readings that a person said to disregard, or restored, and why',
  ],
  'messages.ndjson': [
    'as mensagens OCPP em bruto que trouxeram essas leituras',
    'the raw OCPP messages that brought those readings',
  ],
  'calendars.json': [
    'os calendários dos períodos horários e os feriados usados',
    'the calendars of bands and the holidays that were used',
  ],
  'prices.json': [
    'tarifários, preços por período, encargos, séries de preços e faturas do comercializador',
    'price plans, prices per band, charges, price series and the retailer’s invoices',
  ],
  'registry.json': [
    'que carregador esteve em que lugar, quem respondia pelo lugar, e os relógios que estavam errados',
    'which charger was at which spot, who answered for the spot, and the clocks that were off',
  ],
  'lines.csv': [
    'as linhas valorizadas: energia × preço, arredondada uma vez',
    'the rated lines: energy × price, rounded once',
  ],
  'imputed.csv': ['os encargos do mês e como foram repartidos', 'the month’s charges and how they were shared out'],
  'documents.json': [
    'os documentos fiscais com as suas linhas e os lançamentos contabilísticos',
    'the fiscal documents with their lines, and the ledger’s postings',
  ],
  'manifest.json': [
    'do que trata o arquivo e o SHA-256 de cada ficheiro',
    'what the archive is about, and the SHA-256 of each file',
  ],
} as const;
export type FileName = keyof typeof FILES;

/** The rule of the chain in words that need no program of ours. */
export const CHAIN_RULE =
  'hash n = SHA-256, in lower-case hexadecimal, of: hash n-1 in hexadecimal, one line feed, the line of reading n ' +
  'exactly as it stands in readings.ndjson, all in UTF-8; before the first reading of a charger 64 zeros. ' +
  'messageSha256 of a reading = SHA-256 of the line of that message exactly as it stands in messages.ndjson, without ' +
  'its line feed. readingsSeal = SHA-256 of one line "charger head" and a line feed for each charger, sorted, with the ' +
  'last seal of each charger.';

function list(language: 0 | 1): string {
  return Object.entries(FILES)
    .map(([name, texts]) => `  ${name.padEnd(18)} ${texts[language]}`)
    .join('\n');
}

/** For an auditor who has the file and nothing else. */
export function archiveReadme(month: ArchivedMonth): string {
  const title = `${month.installationName} (${month.installationId}), ${month.period}`;
  return `${title}

PORTUGUÊS

Este arquivo contém o mês inteiro, da leitura do contador ao documento fiscal. Contém dados pessoais
(nomes e NIF nos documentos): guarde-o como tal.

${list(0)}

Unidades: energia em Wh, dinheiro em cêntimos, preços em milionésimos da moeda por kWh, instantes em UTC.

Como verificar, sem ligação à base de dados:
  chazemo verify --file ESTE-FICHEIRO.zip
confirma o SHA-256 de cada ficheiro, a cadeia das leituras e cada selo, cada mensagem, os cêntimos de cada
linha (Wh × preço, arredondado a meio para cima) e as somas. Diz o que não bate certo e onde.

À mão: em readings.ndjson a linha "chain" diz o hash de partida de um carregador. Para cada leitura seguinte:
SHA-256(hash anterior em hexadecimal + mudança de linha + a linha da leitura tal como está). Em cada linha "seal"
o resultado tem de ser igual a "head". "messageSha256" é o SHA-256 da linha da mensagem em messages.ndjson.

Nenhuma leitura é mudada ou apagada: a cadeia tem-nas todas. As que corrections.ndjson diz "disregard" ficaram fora do
cálculo do mês ("id" é a leitura; vale a última linha de cada uma; "restore" volta a contá-la).

As horas das leituras são as que o carregador deu. Onde "clocks" em registry.json o diz, o mês foi calculado com a hora
verdadeira = hora dada menos "offset_ms" (milissegundos): vale para horas dadas de "from_at" (inclusive) a "until_at"
(exclusive; null: sem fim) em leituras com "id" maior que "after_reading_id"; a última linha "staff" que vale decide, salvo se
"offset_ms" é null (retirada); senão a última "observed" que vale; senão a hora dada.

O arquivo prova que nada foi mudado desde que foi selado. Que é o mesmo que foi entregue, prova-o o SHA-256 do
próprio ficheiro ou o "readingsSeal" do manifesto, guardado por outra via na altura da entrega.

ENGLISH

This archive holds the whole month, from the meter reading to the fiscal document. It contains personal data
(names and tax numbers in the documents): keep it as such.

${list(1)}

Units: energy in Wh, money in cents, prices in millionths of the currency per kWh, instants in UTC.

How to verify, without any database:
  chazemo verify --file THIS-FILE.zip
checks the SHA-256 of each file, the chain over the readings and every seal, every message, the cents of each line
(Wh × price, rounded half up) and the sums. It says what does not match, and where.

By hand: in readings.ndjson a line "chain" says the hash from which a charger's readings go on. For each reading that
follows: SHA-256(the former hash in hexadecimal + line feed + the reading's line as it stands). At each line "seal"
the result must equal "head". "messageSha256" is the SHA-256 of the message's line in messages.ndjson.

No reading is ever changed or removed: the chain holds them all. Those of which corrections.ndjson says "disregard" were
left out when the month was rated ("id" is the reading; its last line decides; "restore" counts it again).

The times of the readings are those the charger gave. Where "clocks" in registry.json says so, the month was rated by the
true time = given time less "offset_ms" (milliseconds): it holds for times given from "from_at" (inclusive) to "until_at"
(exclusive; null: no end) in readings whose "id" is greater than "after_reading_id"; the last line of "staff" that holds
decides, unless its "offset_ms" is null (taken back); else the last "observed" one that holds; else the given time.

The archive proves that nothing was changed since it was sealed. That it is the one that was handed over is proven by
the SHA-256 of the file itself or by "readingsSeal" in the manifest, kept elsewhere when it was handed over.
`;
}
