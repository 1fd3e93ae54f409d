"""What chooses: networks, equations and textbook models, a trial at a time.

Start with `agent.py`, what every agent can do. `agent_network.py` and `agent_spice.py` wrap a `FittedModel`,
without and with equations; `agent_q.py` learns by rules of textbooks, and `rescorla_wagner.py` fits those to a
person. Agents are for simulation and for people to ask; nothing in the engine below works on them.

May import: model, equations, rollout, observation, data.
"""
