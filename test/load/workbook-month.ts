import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

const CHARGES = 5;
const INTERVALS = 10;

/**
 * Fills an empty, migrated database with one invoiced month of one car park: a customer, charger, unit and invoice of
 * five charges for each spot, ten rated lines, two sessions; every fourth invoice is unpaid, every tenth corrects a former
 * month. Returns the cycle's id.
 */
export async function fillWorkbookMonth(sql: Sql, spots: number): Promise<string> {
  const cycleId = await sql.transaction().execute(async (trx) => {
    await fillPlace(trx, spots);
    // What was just filled is not analysed by itself, and is joined below as if it were empty.
    await raw`analyze`.execute(trx);
    const { rows } = await raw<{ id: string }>`
      insert into billing_cycle (installation_id, period, starts_at, ends_at, workflow_id, step, step_since, rated_at,
        bill_cents, bill_source)
      values ('park', '2026-06', '2026-05-31T23:00:00Z', '2026-06-30T23:00:00Z', 'bill/park/2026-06', 'invoicing',
        '2026-07-01T04:00:00Z', '2026-07-01T04:00:00Z', ${spots * 3_500}, 'tariff')
      returning id`.execute(trx);
    const id = rows[0]?.id ?? '';
    await fillEnergy(trx, id, spots);
    await fillCharges(trx, id, spots);
    await fillInvoices(trx, id, spots);
    return id;
  });
  await raw`analyze`.execute(sql);
  return cycleId;
}

async function fillPlace(sql: Sql, spots: number): Promise<void> {
  const numbers = raw`generate_series(1, ${spots}::int) n`;
  for (const statement of [
    raw`insert into issuer (id, name, nif, address, postal_code, city, email)
      values ('bpo', 'Serviço', '501964843', '-', '-', '-', 'bpo@example.org')`,
    raw`insert into condominium (id, name, nif, address, postal_code, city, manager_name, manager_email)
      values ('condo', 'Condomínio', '901234567', '-', '-', '-', 'Gestão', 'manager@example.org')`,
    raw`insert into installation (id, condominium_id, issuer_id, name) values ('park', 'condo', 'bpo', 'Parque')`,
    raw`insert into circuit (installation_id, name, max_current_a)
      select 'park', 'Circuito ' || n, 63 from generate_series(0, 49) n`,
    raw`insert into unit (installation_id, name, permillage_hundredths)
      select 'park', 'Bloco ' || n % 40 || ', ' || n / 40 || '.º Esq.', 20 from ${numbers}`,
    raw`insert into customer (id, condominium_id, name)
      select lpad(n::text, 6, '0'), 'condo', 'João Conceição da Silva ' || n from ${numbers}`,
    raw`insert into spot (installation_id, name, circuit_id, unit_id)
      select 'park', n::text, circuit.id, unit.id from ${numbers}
      join circuit on circuit.name = 'Circuito ' || n % 50
      join unit on unit.name = 'Bloco ' || n % 40 || ', ' || n / 40 || '.º Esq.'`,
    raw`insert into charger (id, installation_id, label) select 'zcs' || n, 'park', 'ZCS' || n from ${numbers}`,
    raw`insert into charger_placement (charger_id, spot_id, "from") select 'zcs' || name, id, '2026-01-01' from spot`,
    raw`insert into occupancy (spot_id, customer_id, kind, "from")
      select id, lpad(name, 6, '0'), 'tenant', '2026-01-01' from spot`,
    raw`insert into charging_transaction (charger_id, connector_id, started_at, stopped_at, meter_start_wh, meter_stop_wh,
        start_key)
      select 'zcs' || n, 1, at, at + interval '9 hours', 1000, 19000, 'zcs' || n || '/' || at
      from ${numbers} cross join unnest(array['2026-06-03T20:00Z', '2026-06-17T20:00Z']::timestamptz[]) at`,
  ]) {
    await statement.execute(sql);
  }
}

async function fillEnergy(sql: Sql, cycleId: string, spots: number): Promise<void> {
  await raw`
    insert into rated_line (cycle_id, customer_id, spot_id, charger_id, position, season, day_type, band, label,
      "interval", direction, wh, estimated_wh, micros_per_kwh, cents, calendar_id)
    select ${cycleId}, lpad(spot.name, 6, '0'), spot.id, 'zcs' || spot.name, at, 'Verão',
      (array['Semana', 'Sabado', 'Domingo'])[at % 3 + 1], (array['ponta', 'cheias', 'vazio-normal', 'super-vazio'])[at % 4 + 1],
      'Intervalo ' || at, lpad(at::text, 2, '0') || '.00-' || lpad((at + 1)::text, 2, '0') || '.00', 'import',
      1200 + at, 0, 187123, 220 + at, 'pt-mainland-weekly'
    from spot cross join generate_series(0, ${INTERVALS - 1}) at where spot.name::int <= ${spots}`.execute(sql);
}

async function fillCharges(sql: Sql, cycleId: string, spots: number): Promise<void> {
  await raw`
    insert into imputed_line (cycle_id, customer_id, position, party, code, label, unit, micros, from_date, days,
      share_by, total_cents, weight, total_weight, net_cents, vat_code)
    select ${cycleId}, lpad(n::text, 6, '0'), charge, case charge when 4 then 'bpo' else 'retailer' end, 'charge-' || charge,
      (array['Potência contratada', 'Contribuição audiovisual', 'Acesso às redes', 'Taxa de exploração', 'Serviço por lugar'])[charge + 1],
      'per-month', 2850000, '2026-06-01', 30, 'equal', ${spots * 100}, 1, ${spots}, 100, 'NOR'
    from generate_series(0, ${CHARGES - 1}) charge cross join generate_series(1, ${spots}::int) n`.execute(sql);
}

async function fillInvoices(sql: Sql, cycleId: string, spots: number): Promise<void> {
  const energyCents = Array.from({ length: INTERVALS }, (_, at) => 220 + at).reduce((sum, cents) => sum + cents, 0);
  const netCents = energyCents + CHARGES * 100;
  const vatCents = Math.round(netCents * 0.23);
  for (const statement of [
    raw`insert into document_series (issuer_id, type, code, last_number) values ('bpo', 'FT', 'B2026', ${spots})`,
    raw`insert into fiscal_document (series_id, number, number_text, type, installation_id, customer_id, cycle_id,
        issued_at, issue_date, due_date, due_at, period_from, period_to, currency, net_cents, vat_cents, gross_cents,
        vat_groups, issuer_snapshot, customer_snapshot, payment_method, key)
      select series.id, n, 'FT B2026/' || n, 'FT', 'park', customer.id, ${cycleId}, '2026-07-01T05:00:00Z', '2026-07-01',
        '2026-07-15', '2026-07-15T08:00:00Z', '2026-06-01', '2026-06-30', 'EUR', ${netCents}, ${vatCents},
        ${netCents + vatCents}, jsonb_build_array(jsonb_build_object('ratePermyriad', 2300, 'code', 'NOR',
        'netCents', ${netCents}::int, 'vatCents', ${vatCents}::int)), '{"id": "bpo", "name": "Serviço"}',
        jsonb_build_object('id', customer.id, 'name', customer.name), 'transfer', 'invoice/' || customer.id
      from generate_series(1, ${spots}::int) n join customer on customer.id = lpad(n::text, 6, '0')
      cross join document_series series`,
    raw`insert into document_line (document_id, line_no, kind, spot_name, label, wh, net_cents, vat_rate_permyriad, vat_code,
        party, adjusts_period)
      select document.id, line, case when line < ${INTERVALS} then 'energy' else 'fixed-charge' end, document.number::text,
        'Linha ' || line, case when line < ${INTERVALS} then 1200 + line end,
        case when line < ${INTERVALS} then 220 + line else 100 end, 2300, 'NOR',
        case line when ${INTERVALS + CHARGES - 1} then 'bpo' else 'retailer' end,
        case when line = 0 and document.number % 10 = 0 then '2026-05' end
      from fiscal_document document cross join generate_series(0, ${INTERVALS + CHARGES - 1}) line`,
    raw`insert into ledger_account (code, kind, currency, customer_id)
      select 'receivable/' || id, 'receivable', 'EUR', id from customer`,
    raw`insert into ledger_account (code, kind, currency, condominium_id) values
      ('recovered/condo', 'recovered', 'EUR', 'condo'), ('fees/bpo', 'fees', 'EUR', null),
      ('vat/2300', 'vat', 'EUR', null), ('bank/bpo', 'bank', 'EUR', null)`,
    raw`insert into journal_entry (key, kind, description, document_id, occurred_at)
      select 'issue/' || id, 'invoice-issued', number_text, id, issued_at from fiscal_document
      union all select 'paid/' || id, 'payment', number_text || ' by bank', id, '2026-07-14T10:00:00Z'
        from fiscal_document where number % 4 <> 0`,
    raw`insert into posting (entry_id, account_id, amount_cents)
      select entry.id, account.id, part.cents
      from journal_entry entry
      join fiscal_document document on document.id = entry.document_id
      cross join lateral (values
        ('invoice-issued', 'receivable/' || document.customer_id, document.gross_cents),
        ('invoice-issued', 'recovered/condo', 100 - document.net_cents), ('invoice-issued', 'fees/bpo', -100::bigint),
        ('invoice-issued', 'vat/2300', -document.vat_cents), ('payment', 'bank/bpo', document.gross_cents),
        ('payment', 'receivable/' || document.customer_id, -document.gross_cents)) part (kind, code, cents)
      join ledger_account account on account.code = part.code
      where part.kind = entry.kind`,
  ]) {
    await statement.execute(sql);
  }
}
