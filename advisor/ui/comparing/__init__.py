"""The parts of the Compare page: what is asked (and its address), the controls, the tables and the chart."""
