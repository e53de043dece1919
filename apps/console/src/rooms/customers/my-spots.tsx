import { useQuery } from '@tanstack/react-query';

import type { Installation } from '#apps/backoffice/api-types.js';

import { installationsQuery, spotsQuery } from '../../api/queries.js';
import { SpotCard } from '../installations/spot-card.js';

import classes from './customer.module.css';

/** What happens at a resident's own spots right now. Without one, or without an answer, the page goes on without it. */
export function MySpots() {
  const installations = useQuery(installationsQuery);
  return installations.data?.map((installation) => <SpotsAt key={installation.id} installation={installation} />);
}

function SpotsAt({ installation: { id, timeZone } }: { readonly installation: Installation }) {
  const spots = useQuery(spotsQuery(id));
  if (spots.data === undefined || spots.data.length === 0) return null;
  return (
    <ul className={classes.mySpots}>
      {spots.data.map((spot) => (
        <SpotCard key={spot.spotId} spot={spot} timeZone={timeZone} holder={false} />
      ))}
    </ul>
  );
}
