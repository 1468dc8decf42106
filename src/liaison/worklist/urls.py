from django.urls import path

from liaison.worklist import pages

urlpatterns = [
    path("tasks/", pages.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/take", pages.take, name="task-take"),
    path("tasks/<uuid:task_id>/finish", pages.finish, name="task-finish"),
    path("tasks/<uuid:task_id>/cancel", pages.cancel, name="task-cancel"),
]
