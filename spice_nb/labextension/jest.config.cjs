module.exports = {
  // It has a package.json of its own.
  modulePathIgnorePatterns: ['<rootDir>/static_build'],
  testMatch: ['<rootDir>/tests/*.test.ts'],
  transform: { '\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }] }
};
