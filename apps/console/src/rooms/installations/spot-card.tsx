import { Anchor, Progress, Tooltip, VisuallyHidden } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBolt,
  IconCircleCheck,
  IconClock,
  IconPlugConnectedX,
  IconUser,
  IconUserQuestion,
  IconWifiOff,
} from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Spot } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import { Since } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { spotTone, type SpotTone } from '../../wording/circuits.js';
import { spotText } from '../../wording/spot.js';

import classes from './installation.module.css';

const ICONS: Record<SpotTone, typeof IconBolt> = {
  charging: IconBolt,
  waiting: IconClock,
  finished: IconCircleCheck,
  bad: IconAlertTriangle,
  away: IconWifiOff,
  idle: IconPlugConnectedX,
};

interface SpotCardProps {
  readonly spot: Spot;
  readonly timeZone: string;
  /** Whether it says whose the spot is: not to those who are not told, nor to the one whose it is. */
  readonly holder?: boolean;
  /** Whether its charger has a page for who looks. */
  readonly isLinked?: boolean;
}

/** One parking spot: whose it is, which charger, what the car is doing. */
export function SpotCard({ spot, timeZone, holder = true, isLinked = false }: SpotCardProps) {
  const words = useWords();
  const { t, kWh } = words;
  const { state } = spot;
  const tone = spotTone(state);
  const Icon = ICONS[tone];
  return (
    <li className={classes.spot} data-tone={tone} data-code={state.code} data-testid="spot" data-spot={spot.spotName}>
      <div className={classes.spotHead}>
        <h3>{t('spot.title', { name: spot.spotName })}</h3>
        {spot.chargerLabel !== null && (
          <Tooltip label={t(state.online ? 'spot.online' : 'spot.offline')}>
            <span className={classes.charger} data-online={state.online}>
              <span className={classes.dot} aria-hidden />
              <VisuallyHidden>{t(state.online ? 'spot.online' : 'spot.offline')} </VisuallyHidden>
              {isLinked && spot.chargerId !== null ? (
                <Anchor
                  component={Link}
                  to={paths.charger(spot.chargerId)}
                  inherit
                  aria-label={t('charger.open', { name: spot.chargerLabel })}
                >
                  {spot.chargerLabel}
                </Anchor>
              ) : (
                spot.chargerLabel
              )}
            </span>
          </Tooltip>
        )}
      </div>
      <div className={classes.state}>
        <Icon size={18} stroke={1.9} aria-hidden />
        <span>{spotText(words, state)}</span>
      </div>
      <PowerBar spot={spot} />
      <div className={classes.foot}>
        {holder && (
          <span className={classes.holder} data-free={spot.customerName === null}>
            {spot.customerName === null ? (
              <IconUserQuestion size={15} aria-hidden />
            ) : (
              <IconUser size={15} aria-hidden />
            )}
            <span>{spot.customerName ?? t('spot.free')}</span>
          </span>
        )}
        {state.energyWh === null
          ? state.since !== null && <Since at={state.since} timeZone={timeZone} />
          : state.energyWh > 0 && (
              <Tooltip label={t('spot.session')}>
                <span className={classes.energy}>{kWh(state.energyWh, 2)}</span>
              </Tooltip>
            )}
      </div>
    </li>
  );
}

/** How much of the assigned power the car takes. */
function PowerBar({ spot }: { readonly spot: Spot }) {
  const { t, kW } = useWords();
  const { code, powerW, offeredW } = spot.state;
  const shown = code === 'charging' && powerW !== null && offeredW !== null && offeredW > 0;
  if (!shown) return null;
  const share = Math.min(100, (100 * powerW) / offeredW);
  const label = t('spot.power-bar', { power: kW(powerW), offered: kW(offeredW) });
  return <Progress value={share} size={6} color="#0ca678" aria-label={label} />;
}
