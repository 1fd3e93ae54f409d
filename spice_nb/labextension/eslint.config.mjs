import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['lib', 'node_modules', 'static_build', '*.cjs', '*.mjs', 'style'] },
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  {
    rules: {
      // A class beside a function of the same length says as much.
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      eqeqeq: 'error'
    }
  }
);
