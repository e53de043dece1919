import { Link } from 'react-router';

import { paths } from '../app/paths.js';

import classes from './mark.module.css';

export function MarkSign({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#0d8573" />
      <path
        d="M18.2 4.5 8.6 17.6a.8.8 0 0 0 .65 1.27h5.1l-1.5 8.1c-.15.85.95 1.32 1.45.62l9.1-12.9a.8.8 0 0 0-.65-1.26h-4.9l1.8-8.2c.2-.87-.93-1.4-1.45-.73Z"
        fill="#fff"
      />
    </svg>
  );
}

export function Mark() {
  return (
    <Link to={paths.home} className={classes.mark}>
      <MarkSign size={28} />
      <span>ChaZeMo</span>
    </Link>
  );
}
